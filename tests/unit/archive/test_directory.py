"""What a directory says of a person, and what of it is kept."""

from uuid import uuid4

import pytest

from services.archive.domain.directory import LEFT_OPEN, Entry


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({}, "lj"),
        ({"given_name": "Jun", "family_name": "Li"}, "Jun Li"),
        ({"given_name": "俊", "family_name": "李"}, "李俊"),
        ({"family_name": "李"}, "李"),
        ({"formatted_name": "Dr. Li", "given_name": "Jun"}, "Dr. Li"),
        ({"display_name": "LJ", "formatted_name": "Dr. Li"}, "LJ"),
    ],
)
def test_a_name_is_made_of_what_there_is(said: dict[str, str], name: str) -> None:
    assert Entry(user_name="lj", **said).name == name  # type: ignore[arg-type]  # all of these are texts


def test_the_first_address_with_a_value_is_written_to() -> None:
    assert Entry(user_name="lj", emails=({"type": "work"}, {"value": "a@b"}, {"value": "c@d"})).email == "a@b"
    assert Entry(user_name="lj").email is None


def test_only_what_names_nothing_here_is_kept_as_a_text() -> None:
    entry = Entry(user_name="lj", title="Guru", department="Sales", manager_id=uuid4(), active=True)
    kept = entry.document(employed=False, department_found=False, title_found=False)
    assert kept["title"] == "Guru"
    assert kept["manager_id"] == str(entry.manager_id)
    assert kept[LEFT_OPEN] == ["display_name", "employee_number"]
    found = entry.document(employed=True, department_found=True, title_found=True)
    assert not {"title", "department", "manager_id"} & found.keys()
