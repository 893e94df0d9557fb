"""What our crispy-forms template pack writes."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.forms import formset_factory
from django.template import Context, Template
from django.test import SimpleTestCase
from lxml import html


class VisitNote(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trong sổ.")
    day = forms.DateField(label="Ngày", widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(
        label="Kết quả", choices=[("met", "Gặp"), ("absent", "Vắng")], widget=forms.RadioSelect
    )
    taught = forms.MultipleChoiceField(
        label="Đã hướng dẫn",
        choices=[("vneid", "VNeID"), ("qr", "Mã QR")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Chọn một hoặc nhiều.",
        required=False,
    )
    agreed = forms.BooleanField(label="Đồng ý")
    sheet = forms.FileField(label="Tệp", help_text="Tệp .xlsx.")
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea, required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("Chưa lưu được.")


def rendered(source: str, **context):
    tree = html.fragment_fromstring(
        Template("{% load crispy_forms_tags %}" + source).render(Context(context)),
        create_parent="div",
    )
    return tree


class AFormAsCrispyWritesIt(SimpleTestCase):
    def setUp(self):
        self.empty = rendered("{{ form|crispy }}", form=VisitNote())
        self.wrong = rendered("{{ form|crispy }}", form=VisitNote({}, {}))

    def test_every_input_has_a_label_and_its_hint(self):
        for name in ("name", "day", "sheet", "note", "agreed"):
            with self.subTest(name):
                (label,) = self.empty.xpath(f"//label[@for='id_{name}']")
                self.assertTrue(label.text_content().strip())
        (field,) = self.empty.xpath("//*[@id='id_name']")
        hint = self.empty.get_element_by_id(field.get("aria-describedby"))
        self.assertEqual(hint.text_content().strip(), "Như trong sổ.")

    def test_several_answers_stand_under_one_question(self):
        (group,) = self.empty.xpath("//fieldset[@id='div_id_outcome']")
        self.assertEqual(group.xpath("legend")[0].text_content().strip(), "Kết quả")
        texts = [label.text_content().strip() for label in group.xpath(".//label")]
        self.assertEqual(texts, ["Gặp", "Vắng"])
        (taught,) = self.empty.xpath("//fieldset[@id='div_id_taught']")
        self.assertEqual(taught.get("aria-describedby"), "id_taught_helptext")

    def test_a_fresh_form_shows_no_error(self):
        self.assertFalse(self.empty.xpath("//*[@aria-invalid]"))
        self.assertFalse(self.empty.find_class("error-summary"))

    def test_every_error_is_tied_to_its_input(self):
        for name in ("name", "day", "sheet"):
            with self.subTest(name):
                (field,) = self.wrong.xpath(f"//*[@id='id_{name}']")
                self.assertEqual(field.get("aria-invalid"), "true")
                described = field.get("aria-describedby").split()
                self.assertIn(f"id_{name}_error", described)
                for reference in described:
                    self.wrong.get_element_by_id(reference)

    def test_the_summary_is_announced_takes_the_focus_and_leads_to_the_inputs(self):
        (summary,) = self.wrong.find_class("error-summary")
        self.assertEqual((summary.get("role"), summary.get("tabindex")), ("alert", "-1"))
        self.assertIn("autofocus", summary.attrib)
        self.assertIn("Chưa lưu được.", summary.text_content())
        targets = [link.get("href").removeprefix("#") for link in summary.xpath(".//a")]
        self.assertEqual(targets, ["id_name", "id_day", "id_outcome_0", "id_agreed", "id_sheet"])
        for target in targets:
            self.wrong.get_element_by_id(target)

    def test_only_what_may_stay_empty_is_marked_so(self):
        marked = [label.get("for") for label in self.empty.xpath("//label[span/@class='muted']")]
        self.assertEqual(marked, ["id_note"])
        form = VisitNote()
        form.helper = FormHelper()
        form.helper.hide_optional = True
        bare = rendered("{% crispy form %}", form=form)
        self.assertFalse(bare.xpath("//label[span/@class='muted']"))


class AFormWithALayout(SimpleTestCase):
    def setUp(self):
        helper = FormHelper()
        helper.form_action = "/luu/"
        helper.layout = Layout(
            Fieldset("Buổi đến", Field("name", wrapper_class="wide"), "outcome", css_id="buoi"),
            Div("agreed", HTML("<p>Cảm ơn bác.</p>"), css_class="choices"),
            "sheet",
            Submit("save", "Lưu", css_class="button--quiet"),
        )
        markup = render_crispy_form(VisitNote(), helper, {"csrf_token": "mã"})
        (self.form,) = html.fragment_fromstring(markup, create_parent="div").xpath("form")

    def test_the_form_posts_with_its_token_and_files(self):
        self.assertEqual((self.form.get("action"), self.form.get("method")), ("/luu/", "post"))
        self.assertEqual(self.form.get("enctype"), "multipart/form-data")
        self.assertEqual(self.form.fields["csrfmiddlewaretoken"], "mã")

    def test_the_layout_is_kept(self):
        (group,) = self.form.xpath("fieldset[@id='buoi']")
        self.assertEqual(group.xpath("legend")[0].text, "Buổi đến")
        self.assertEqual(len(group.xpath("div[contains(@class, 'wide')]")), 1)
        self.assertEqual(self.form.xpath("div[@class='choices']/p")[0].text, "Cảm ơn bác.")
        (button,) = self.form.xpath("button")
        self.assertEqual(button.get("class").split(), ["button", "button--quiet"])
        self.assertEqual((button.get("name"), button.text), ("save", "Lưu"))

    def test_nothing_is_inline(self):
        self.assertFalse(self.form.xpath("//script | //style | //@style | //@onclick"))


class AFormset(SimpleTestCase):
    def test_it_carries_its_management_form_and_every_form(self):
        formset = formset_factory(VisitNote, extra=2)()
        for source in ("{{ formset|crispy }}", "{% crispy formset %}"):
            with self.subTest(source):
                tree = rendered(source, formset=formset)
                self.assertEqual(len(tree.xpath("//input[@name='form-TOTAL_FORMS']")), 1)
                self.assertEqual(len(tree.xpath("//textarea")), 2)
