"""What fills an empty installation: the commands, the roles, the frameworks' files and the demo."""

from pathlib import Path

FRAMEWORKS = Path(__file__).parent / "frameworks"
COMMON = FRAMEWORKS / "common.toml"
AUTHORITIES = Path(__file__).parent / "authorities.csv"
"""The bodies of the four nations that run adult social care, with the registers' spellings of their names."""


def framework_names() -> list[str]:
    """The frameworks that come with the console."""
    return sorted(path.stem for path in FRAMEWORKS.glob("*.toml") if path != COMMON)


def framework_files(name_or_path: str) -> tuple[Path, Path]:
    """A framework's files, by its name or by the path of a council's own file; the later goes over the earlier."""
    own = FRAMEWORKS / f"{name_or_path}.toml" if name_or_path in framework_names() else Path(name_or_path)
    return COMMON, own
