import subprocess
import sys

from tasks.register import words


def test_a_line_of_duty_has_one_word_and_one_key() -> None:
    assert len(words.WORD_TO_LINE) == len(words.LINE_TO_WORD) == len(words.LINES)
    assert all(len(line.key) <= 40 for line in words.LINES)


def test_each_department_that_supervises_an_industry_has_a_line_of_its_own() -> None:
    items = [line.item for line in words.LINES if line.item]
    assert len(items) == len(set(items))
    # The nine that the last paragraph of putuo-2020 art11 names are among them.
    assert {3, 4, 7, 13, 14, 15, 17, 18, 20} <= set(items) <= set(range(1, 28))


def test_the_register_is_imported_without_slow_libraries() -> None:
    program = "import sys, tasks.register; print([n for n in ('openpyxl', 'pandas', 'prefect') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
