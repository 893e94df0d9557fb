"""Writing many rows in one statement, without building an instance of the model for each.

A push of 200 visits writes some 2,000 rows, an import of a ward's list some 250,000; most of the
time would go into the framework's instances and SQL. Rows are dictionaries by the names of fields,
with `_id` for foreign keys, all of one call with the same names. No signals are sent, no defaults
filled in, and what refers to a deleted row is not deleted: the callers know it all.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
# What PostgreSQL takes as Python has it; the rest is prepared by its field.
PREPARED = (models.JSONField, models.DurationField)


def row_of(instance: models.Model) -> Row:
    """The instance as a row to insert; a number that the database gives is left out."""
    fields = instance._meta.concrete_fields
    return {
        field.attname: getattr(instance, field.attname)
        for field in fields
        if not isinstance(field, models.AutoField)
    }


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        _insert(model, rows, "")


def insert_numbered(model: type[models.Model], instances: Sequence[models.Model]) -> None:
    """Insert the instances, and give each its number, in their order."""
    key = model._meta.pk
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(instances)
        return
    sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(sequence, [_quoted(model._meta.db_table), key.column, len(instances)])
        numbers = [number for (number,) in cursor.fetchall()]
    rows = []
    for instance, number in zip(instances, numbers, strict=True):
        instance.pk = number
        rows.append({key.attname: number, **row_of(instance)})
    _copy(model, rows)


def insert_unless_there(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert the rows, but for those that a unique constraint finds there already."""
    _insert(model, rows, "ON CONFLICT DO NOTHING")


def upsert(
    model: type[models.Model], rows: Sequence[Row], unique: Sequence[str], update: Sequence[str]
) -> None:
    """Insert the rows; where one with the same `unique` fields is there, set its `update`."""
    target = ", ".join(_column(model, name) for name in unique)
    changes = ", ".join(
        f"{_column(model, name)} = EXCLUDED.{_column(model, name)}" for name in update
    )
    _insert(model, rows, f"ON CONFLICT ({target}) DO UPDATE SET {changes}")


def delete(model: type[models.Model], keys: Sequence[Any]) -> None:
    """Delete the rows of these primary keys; those who are not there are passed over."""
    if not keys:
        return
    key = model._meta.pk
    table, column = _quoted(model._meta.db_table), _quoted(key.column)
    values = _values(key, keys)
    statement = f"DELETE FROM {table} WHERE {column}"  # noqa: S608 - names of our own tables
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{statement} = ANY(%s::{_array(key)})", [values])
        else:
            cursor.executemany(f"{statement} = %s", [(value,) for value in values])


def _insert(model: type[models.Model], rows: Sequence[Row], on_conflict: str) -> None:
    if not rows:
        return
    fields = [_field(model, name) for name in rows[0]]
    columns = [_values(field, [row[field.attname] for row in rows]) for field in fields]
    table = _quoted(model._meta.db_table)
    names = ", ".join(_quoted(field.column) for field in fields)
    into = f"INSERT INTO {table} ({names})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One parameter for each column, however many the rows are.
            arrays = ", ".join(f"%s::{_array(field)}" for field in fields)
            rows_of_columns = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - casts of our own
            cursor.execute(f"{into} {rows_of_columns} {on_conflict}", columns)
        else:
            signs = ", ".join(["%s"] * len(fields))
            statement = f"{into} VALUES ({signs}) {on_conflict}"
            cursor.executemany(statement, list(zip(*columns, strict=True)))


def _copy(model: type[models.Model], rows: Sequence[Row]) -> None:
    """The cheapest way into PostgreSQL, but it knows no conflicts."""
    if not rows:
        return
    fields = [_field(model, name) for name in rows[0]]
    columns = [_values(field, [row[field.attname] for row in rows]) for field in fields]
    names = ", ".join(_quoted(field.column) for field in fields)
    statement = f"COPY {_quoted(model._meta.db_table)} ({names}) FROM STDIN"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as lines,
    ):
        for line in zip(*columns, strict=True):
            lines.write_row(line)


def _field(model: type[models.Model], name: str) -> models.Field:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _column(model: type[models.Model], name: str) -> str:
    return _quoted(_field(model, name).column)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")


def _array(field: models.Field) -> str:
    # Without a length: a value cast to one would be cut silently, where inserting it is an error.
    stored_as = field.db_type(connection) or ""
    return f"{stored_as.split('(')[0]}[]"


def _values(field: models.Field, values: Sequence[Any]) -> list[Any]:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if connection.vendor == "postgresql" and not isinstance(target, PREPARED):
        if isinstance(target, (models.CharField, models.TextField)):
            # Members of enumerations beside plain text make no array.
            return [None if value is None else str(value) for value in values]
        return list(values)
    prepare: Callable[..., Any] = target.get_db_prep_save
    return [prepare(value, connection) for value in values]
