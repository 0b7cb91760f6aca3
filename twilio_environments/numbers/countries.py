"""Which search finds numbers like a given one: its country and type, as far as its digits reveal them.

Calling codes are ITU-T E.164's list of assigned country codes; if several countries share one, the largest is listed.
Area codes of North America are those of the NANPA. In most countries digits do not distinguish a mobile from a local
number.
"""

from __future__ import annotations

from typing import Any

_CODES = """
20EG 211SS 212MA 213DZ 216TN 218LY 220GM 221SN 222MR 223ML 224GN 225CI 226BF 227NE 228TG 229BJ 230MU 231LR
232SL 233GH 234NG 235TD 236CF 237CM 238CV 239ST 240GQ 241GA 242CG 243CD 244AO 245GW 248SC 249SD 250RW 251ET
252SO 253DJ 254KE 255TZ 256UG 257BI 258MZ 260ZM 261MG 262RE 263ZW 264NA 265MW 266LS 267BW 268SZ 269KM 27ZA
291ER 297AW 298FO 299GL 30GR 31NL 32BE 33FR 34ES 350GI 351PT 352LU 353IE 354IS 355AL 356MT 357CY 358FI 359BG
36HU 370LT 371LV 372EE 373MD 374AM 375BY 376AD 377MC 378SM 380UA 381RS 382ME 383XK 385HR 386SI 387BA 389MK
39IT 40RO 41CH 420CZ 421SK 423LI 43AT 44GB 45DK 46SE 47NO 48PL 49DE 501BZ 502GT 503SV 504HN 505NI 506CR 507PA
508PM 509HT 51PE 52MX 53CU 54AR 55BR 56CL 57CO 58VE 590GP 591BO 592GY 593EC 594GF 595PY 596MQ 597SR 598UY
599CW 60MY 61AU 62ID 63PH 64NZ 65SG 66TH 670TL 673BN 675PG 676TO 677SB 678VU 679FJ 680PW 682CK 685WS 687NC
689PF 7RU 77KZ 76KZ 81JP 82KR 84VN 852HK 853MO 855KH 856LA 86CN 880BD 886TW 90TR 91IN 92PK 93AF 94LK 95MM
960MV 961LB 962JO 963SY 964IQ 965KW 966SA 967YE 968OM 970PS 971AE 972IL 973BH 974QA 975BT 976MN 977NP 98IR
992TJ 993TM 994AZ 995GE 996KG 998UZ
"""
_NORTH_AMERICA = {
    "CA": """
204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 460 468 474 506
514 519 537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873
879 902 905 942
""",
    "PR": "787 939",
    "DO": "809 829 849",
    "JM": "658 876",
    "BS": "242",
    "BB": "246",
    "AI": "264",
    "AG": "268",
    "VG": "284",
    "VI": "340",
    "KY": "345",
    "BM": "441",
    "GD": "473",
    "TC": "649",
    "MS": "664",
    "MP": "670",
    "GU": "671",
    "AS": "684",
    "SX": "721",
    "LC": "758",
    "DM": "767",
    "VC": "784",
    "TT": "868",
    "KN": "869",
}
_TOLL_FREE = {"US": ("800", "833", "844", "855", "866", "877", "888"), "GB": ("800", "808"), "AU": ("1800",)}
_COUNTRIES = {one[:-2]: one[-2:] for one in _CODES.split()}
_AREAS = {area: country for country, areas in _NORTH_AMERICA.items() for area in areas.split()}


def like(number: str) -> dict[str, Any] | None:
    """Return the country and type of numbers like an E.164 number, None for an unknown country."""
    digits = number.removeprefix("+")
    if digits.startswith("1"):
        code, country = "1", _AREAS.get(digits[1:4], "US")
    else:
        code = next((digits[:length] for length in (3, 2, 1) if digits[:length] in _COUNTRIES), "")
        if not code:
            return None
        country = _COUNTRIES[code]
    toll_free = digits.removeprefix(code).startswith(_TOLL_FREE.get(country, ("none",)))
    return {"country": country, "type": "toll_free"} if toll_free else {"country": country}
