"""How wide text is, so that a box can be asked to hold it before anything is drawn."""

# Advance widths of printable ASCII (32 to 126) and a few others in thousandths of the font size, of DejaVu Sans 2.37
# and its bold (https://dejavu-fonts.github.io): of the fonts that theme.FONTS lists it is the widest.
# Of the others the bold ones, which are the wider.
_REGULAR = (
    "318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636 636 636 337 337 "
    "838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787 603 787 695 635 611 732 684 989 "
    "685 611 685 390 337 390 838 500 500 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 635 635 411 521 "
    "392 634 592 818 592 592 525 636 337 636 838"
)
_BOLD = (
    "348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 696 696 696 400 400 "
    "838 838 838 580 1000 774 762 734 830 683 683 821 837 372 372 775 637 995 837 850 733 850 770 720 682 812 774 1103 "
    "771 724 725 457 365 457 838 500 500 675 716 593 716 678 435 716 712 343 343 665 343 1042 712 687 716 716 493 595 "
    "478 712 652 924 645 652 582 712 365 712 838"
)
_OTHERS = {"·": 380, "…": 1000, "\N{EN DASH}": 500, "→": 838}
_WIDEST = 1103


def _table(widths: str) -> dict[str, int]:
    return {chr(32 + index): int(width) for index, width in enumerate(widths.split())} | _OTHERS


_TABLES = {False: _table(_REGULAR), True: _table(_BOLD)}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in pixels; a character that the table lacks counts as the widest."""
    table = _TABLES[bold]
    return sum(table.get(character, _WIDEST) for character in text) * size / 1000


def fit(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its head as `room` pixels hold, with an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    head = text
    while head and width(f"{head}…", size, bold=bold) > room:
        head = head[:-1]
    return f"{head.rstrip(' ·,-')}…"


def wrap(words: list[str], room: float, size: float, *, between: str = ", ", most: int = 100) -> list[str]:
    """Lines of words, each at most `room` wide; what does not fit in `most` lines is counted: `+3`."""
    lines: list[list[str]] = [[]]
    for index, word in enumerate(words):
        left = len(words) - index
        longer = between.join([*lines[-1], word])
        reserve = width(f"{between}+{left - 1}", size) if len(lines) == most and left > 1 else 0
        if not lines[-1] or width(longer, size) + reserve <= room:
            lines[-1].append(word)
        elif len(lines) < most:
            lines.append([word])
        else:
            lines[-1].append(f"+{left}")
            break
    return [fit(between.join(line), room, size) for line in lines if line]
