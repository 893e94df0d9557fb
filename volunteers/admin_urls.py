"""The screens of the people side, below /admin/."""

from django.urls import path

from volunteers.views import areas, people, phones, teams, wards

app_name = "volunteers"
urlpatterns = [
    path("phuong/", wards.ward_list, name="wards"),
    path("phuong/mo/", wards.open_ward_search, name="open_ward_search"),
    path("phuong/mo/<str:code>/", wards.open_ward, name="open_ward"),
    path("phuong/<str:code>/", wards.ward, name="ward"),
    path("phuong/<str:code>/khu-pho/", areas.areas, name="areas"),
    path("phuong/<str:code>/khu-pho/them/", areas.add_neighbourhoods, name="add_neighbourhoods"),
    path("phuong/<str:code>/to/them/", teams.add_team, name="add_team"),
    path("khu-pho/", areas.own_areas, name="own_areas"),
    path("khu-pho/<str:code>/", areas.area, name="area"),
    path("khu-pho/<str:code>/ngo/them/", areas.add_lanes, name="add_lanes"),
    path("khu-pho/<str:code>/ket-thuc/", areas.end_area, name="end_area"),
    path("khu-pho/<str:code>/dung-lai/", areas.resume_area, name="resume_area"),
    path("to/", teams.teams, name="teams"),
    path("to/<int:pk>/", teams.team, name="team"),
    path("to/<int:pk>/sua/", teams.edit_team, name="edit_team"),
    path("to/<int:pk>/thanh-vien/moi/", teams.add_new_member, name="add_new_member"),
    path("to/<int:pk>/thanh-vien/co-san/", teams.add_known_member, name="add_known_member"),
    path("thanh-vien/<int:pk>/", teams.change_membership, name="change_membership"),
    path("thanh-vien/<int:pk>/ket-thuc/", teams.end_membership, name="end_membership"),
    path("nhan-su/", people.people, name="people"),
    path("nhan-su/them/", people.add_staff, name="add_staff"),
    path("nhan-su/<int:pk>/", people.person, name="person"),
    path("nhan-su/<int:pk>/sua/", people.edit_person, name="edit_person"),
    path("nhan-su/<int:pk>/mat-khau/", people.reset_password, name="reset_password"),
    path("nhan-su/<int:pk>/khoa/", people.close_account, name="close_account"),
    path("nhan-su/<int:pk>/mo-lai/", people.reopen_account, name="reopen_account"),
    path("nhan-su/<int:pk>/vai-tro/", people.give_role, name="give_role"),
    path("nhan-su/<int:pk>/ma-dien-thoai/", phones.give_phone_code, name="give_phone_code"),
    path("dien-thoai/", phones.phones, name="phones"),
    path("dien-thoai/<uuid:pk>/thu-hoi/", phones.revoke_phone, name="revoke_phone"),
    path("vai-tro/<int:pk>/ket-thuc/", people.end_role, name="end_role"),
]
