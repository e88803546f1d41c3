"""Where a model's files come from: its source, or the mirror that replaces every source."""

from __future__ import annotations

from urllib.parse import quote

from models.catalogue import Archive, Entry, Hub, Recipe, Url, Wheel
from models.places import Places


def source_of(model: Entry, here: Places) -> str:
    """Where a pull would take it from, for people to read."""
    if here.mirror:
        return f"{here.mirror.rstrip('/')}/{model.name}"
    match model.source:
        case Url(url=url):
            return url
        case Hub() as hub:
            return _on_hub(hub, here, "")
        case Wheel(wheel=wheel):
            return f"the wheel {wheel} of your package index"
        case Archive(archive=archive):
            return archive
        case Recipe(recipe=recipe):
            return f"nowhere; build it: {recipe}"
        case None:
            return model.folder or "the package"


def address_of(model: Entry, here: Places, path: str) -> str:
    """The address of one file of a model that a URL or the hub serves."""
    match model.source:
        case Hub() as hub:
            return _on_hub(hub, here, path)
        case Url(url=url):
            return url + quote(path) if url.endswith("/") else url
        case _:
            raise ValueError(f"{model.name} has no address for each file")


def mirror_address(model: Entry, here: Places, path: str) -> str:
    """The address, or the path, of one file on the mirror."""
    folder = here.mirror_folder
    return str(folder / model.name / path) if folder else f"{here.mirror.rstrip('/')}/{quote(model.name)}/{quote(path)}"


def _on_hub(hub: Hub, here: Places, path: str) -> str:
    return f"{here.hub}/{hub.hub}/resolve/{hub.revision}/{quote(path)}"
