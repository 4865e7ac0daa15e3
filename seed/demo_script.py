"""What is to be seen in the demo: its people, its market's particulars, and the cases and visits on show."""

import datetime as dt

from models.framework import RestrictionEffect
from models.people import AgencyKind
from models.providers import (
    Commissioning,
    ServiceType,
)
from seed.demo_register import NEIGHBOUR
from workflows.access import Resource, Role

ACCOUNTS = (
    ("officer", Role.officer, "Officer"),
    ("officer2", Role.officer, "Officer 2"),
    ("manager", Role.manager, "Manager"),
    ("head", Role.head, "Head of Service"),
    ("head2", Role.head, "Head of Service 2"),
    ("director", Role.director, "Director"),
    ("partner", Role.partner, "Partner"),
    ("contributor", Role.contributor, "Contributor"),
    ("provider", Role.provider, "Provider"),
    ("caremanager", Role.care_manager, "Care Manager"),
    ("auditor", Role.auditor, "Auditor"),
    ("admin", Role.administrator, "Administrator"),
)
OFFICERS = ("officer", "officer2")
DECIDERS = ("head", "head2", "manager", "director")
AGENCIES = (
    ("NHS Wexmoor and Marl Integrated Care Board", AgencyKind.integrated_care_board),
    ("Care Quality Commission", AgencyKind.regulator),
    ("Healthwatch Wexmoor and Tarnvale", AgencyKind.healthwatch),
    ("Wexmoor and Tarnvale safeguarding unit", AgencyKind.safeguarding),
    ("Wexshire infection prevention team", AgencyKind.infection_control),
    ("Wexmoor community nursing", AgencyKind.community_nursing),
    (f"{NEIGHBOUR} Council", AgencyKind.council),
)
WITHOUT_EMAIL = ("Openfield Living Limited",)
"""Providers whose nominated individual can be rung and not written to: a letter to them is a dead one."""
UNREGISTERED = (
    ("Hobblethorpe Almshouse Trust", "Hobblethorpe Day Centre", ServiceType.day_service, "Hobblethorpe"),
    ("Openfield Living Limited", "The Potting Shed", ServiceType.day_service, "Inglewick"),
    ("Wexmoor Hands C.I.C.", "Carers' Corner", ServiceType.advice, "Wexmoor"),
    ("Wexshire Housing with Care", "Stay Put Advice", ServiceType.advice, "Tarnvale"),
)
PARTS = {
    "Wexmoor Grange": ("Ground floor", "First floor", "Orchard unit"),
    "Netherlowe Park": ("Willow unit", "Aspen unit", "Hazel unit"),
    "Marl Valley Supported Living": ("Kiln Row", "Furnace Street", "The Old Forge"),
    "Openfield Living Wexmoor": ("Tanyard", "Saddlers' Row"),
    "Weavers' Yard": ("North block", "South block"),
}
SAVED_VIEWS = (
    # whose, list, name, address, shared
    ("manager", Resource.services, "Without an officer", "officer=none", True),
    ("manager", Resource.suspensions, "Reviews overdue", "review=overdue&order=review", True),
    ("officer", Resource.visits, "Due in four weeks", "state=planned&state=scheduled&due_on=next-28&order=due", False),
)
UNALLOCATED = {"Lanternlight Nights", "Marl Valley Moves", "Otter Lodge", "Stay Put Advice"}
COMMISSIONING = {
    "Limeburners": Commissioning.not_commissioned,
    "Cinder Hill House": Commissioning.direct_payment,
    "Sandpiper Lodge": Commissioning.spot_purchase,
    "Fellside Lodge": Commissioning.spot_purchase,
    "Estuary View": Commissioning.spot_purchase,
    "Otter Lodge": Commissioning.spot_purchase,
    "Estuary Homecare": Commissioning.not_commissioned,
    "Lanternlight Nights": Commissioning.direct_payment,
    "Lowe Valley Live-in Care": Commissioning.direct_payment,
    "Hobblethorpe Day Centre": Commissioning.grant_funded,
    "The Potting Shed": Commissioning.commissioned,
    "Carers' Corner": Commissioning.grant_funded,
    "Stay Put Advice": Commissioning.grant_funded,
    "Marl Valley Moves": Commissioning.not_recorded,
}
UNVISITED = {Commissioning.not_commissioned, Commissioning.not_recorded}
OUTSIDE = {"Estuary View", "Otter Lodge", "Estuary Homecare"}
"""In the neighbouring council's area, where that council visits."""
PORTAL = "Marlscombe Healthcare Limited"
"""Whose portal the account `provider` opens."""

NNP, CONDITIONS, VOLUNTARY = (
    RestrictionEffect.no_new_purchase,
    RestrictionEffect.with_conditions,
    RestrictionEffect.voluntary,
)
# Each case: scope (a service, "service: part", or "all of provider"), kind, which text, author, and its steps:
# how many working days before the last one each was taken. `reviews` goes on every four weeks until then.
CASES: tuple[tuple[str, RestrictionEffect, int, str, str], ...] = (
    ("Wexmoor Grange", NNP, 0, "officer",
     "draft 432; submit 431; approve 430; reviews 352; request_lift 350; lift 348"),
    ("Quarry Bank", NNP, 1, "officer2",
     "draft 383; submit 382; approve 380; reviews 290; request_lift 289; refuse_lift 286; reviews 214; "
     "request_lift 212; lift 210"),
    ("Tarn and Fell Homecare Wexmoor", CONDITIONS, 3, "officer",
     "draft 302; submit 301; approve 300; reviews 245; request_lift 242; lift 240"),
    ("all of Three Becks Care Limited", VOLUNTARY, 5, "manager",
     "draft 263; submit 262; approve 261; reviews 205; request_lift 202; lift 200"),
    ("Tarnside Nursing Home", NNP, 2, "officer2",
     "draft 193; submit 192; approve 190; reviews 52; record_next_steps 50; reviews 15"),
    ("Stanebeck Hall", NNP, 2, "officer", "draft 150; submit 149; approve 148; reviews 10"),
    ("Marlscombe Manor", CONDITIONS, 8, "officer2", "draft 63; submit 62; approve 61; reviews 4; propose_variation 2"),
    ("Kiln Croft", NNP, 6, "officer",
     "draft 114; submit 113; approve 111; reviews 45; propose_variation 42; vary 40; reviews 6"),
    ("Inglewick Lodge", CONDITIONS, 1, "officer",
     "draft 93; submit 92; approve 90; reviews 36; propose_variation 33; refuse_variation 30; reviews 12"),
    ("all of Openfield Living Limited", VOLUNTARY, 9, "officer2", "draft 73; submit 72; approve 70; reviews 14"),
    ("Netherlowe Park: Willow unit", CONDITIONS, 7, "officer", "draft 48; submit 47; approve 45; reviews 8"),
    ("Lanternlight Homecare", NNP, 3, "officer2", "draft 58; submit 57; approve 55; reviews 33"),
    ("Harrier Rise", NNP, 4, "officer", "draft 103; submit 102; approve 100; reviews 5; request_lift 3"),
    ("Tarnvale Lodge", CONDITIONS, 6, "officer2",
     "draft 143; submit 142; approve 140; reviews 29; request_lift 27; refuse_lift 25; reviews 7"),
    ("Beckside Lodge", NNP, 8, "officer", "draft 4; submit 2"),
    ("Foundry Place", CONDITIONS, 9, "officer2", "draft 1"),
    ("Lowe Meadow", NNP, 0, "officer", "draft 3"),
    ("Wexmoor Hands", NNP, 3, "officer", "draft 223; submit 222; decline 220"),
    ("Dovecote House", CONDITIONS, 1, "officer2",
     "draft 14; submit 13; return 12; edit 11; submit 10; approve 9"),
    ("Marl Valley Homecare", NNP, 3, "officer", "draft 6; submit 5; return 3; edit 2; submit 1"),
    ("Harrier Rise", VOLUNTARY, 6, "officer2", "draft 163; submit 162; withdraw 160"),
    ("all of Beckside Lodges Limited", NNP, 5, "manager", "draft 24; submit 23; approve 21; reviews 2"),
    ("Rowan Bank", CONDITIONS, 0, "officer",
     "draft 123; submit 122; approve 120; reviews 62; request_lift 60; withdraw_lift_request 55; reviews 11"),
    ("Marl Valley Supported Living: Kiln Row", NNP, 7, "officer2",
     "draft 355; submit 354; approve 352; reviews 300; request_lift 297; lift 295"),
    ("Alder Court", VOLUNTARY, 4, "officer",
     "draft 206; submit 205; approve 203; reviews 160; request_lift 158; lift 157"),
    ("Lowe Valley Homecare", NNP, 3, "officer2", "draft 33; withdraw 31"),
)  # fmt: skip
VARIATION = {"Marlscombe Manor": 2, "Kiln Croft": 0, "Inglewick Lodge": 1}
"""Which reason is given for changing each of these."""
REVIEW_EVERY = 19
"""Working days: within the four weeks of the frameworks."""

# Visits on show: service, whether it needs authorisation, and its steps as above. A negative number lies ahead.
VISITS: tuple[tuple[str, bool, str], ...] = (
    ("Rowan Bank", False, "plan 3 due -12"),
    ("Inglewick Lodge", False, "plan 5 due -20"),
    ("Canal Gate", False, "plan 28 due 6"),
    ("Wexmoor Hands", False, "plan 9 due -3"),
    ("The Potting Shed", False, "plan 2 due -30"),
    ("Beckside Lodge", True, "plan 4; request_authorisation 2"),
    ("Marl Valley Homecare", True, "plan 2; request_authorisation 1"),
    ("Harrier Rise", True, "plan 5; request_authorisation 4; authorise 1"),
    ("Marlscombe Manor", True, "plan 12; request_authorisation 11; authorise 9; schedule 8 for -2"),
    ("Millrace House", False, "plan 10; schedule 6 for -1"),
    ("Alder Court", False, "plan 12; schedule 7 for -3"),
    ("Weavers' Yard", False, "plan 11; schedule 5 for -4; reschedule 2 for -6"),
    ("Openfield Living Inglewick", False, "plan 14; schedule 9 for -8"),
    ("Tarn and Fell Homecare Tarnvale", False, "plan 9; schedule 4 for -11"),
    ("Hobblethorpe House", False, "plan 8; schedule 3 for -15"),
    ("Kestrel View", False, "plan 6; schedule 1 for -22"),
    ("Three Becks at Home", False, "plan 20; schedule 15 for 3"),
    ("Orchard Dovecote", False, "plan 25; schedule 19 for 5"),
    ("Stanebeck Court", False, "plan 15; schedule 8 for 0; begin 0"),
    ("Lanternlight Homecare", True, "plan 9; request_authorisation 8; authorise 6; schedule 5 for 0; begin 0"),
    ("Tarnside Nursing Home", False, "plan 22; schedule 15 for 5; begin 5; write_up 2"),
    ("Wexmoor Grange", False, "plan 21; schedule 14 for 4; begin 4; write_up 1"),
    ("Marl Valley Supported Living", False, "plan 26; schedule 17 for 7; begin 7; write_up 3"),
    ("Heronsbrook", False, "plan 60; schedule 50 for 41; begin 41; write_up 38; publish 30; correct 21"),
    ("Kiln Croft", False, "plan 90; schedule 81 for 70; begin 70; write_up 67; publish 58; correct 52; correct 44"),
    ("Tarn and Fell Homecare Stanebeck", False,
     "plan 140; schedule 131 for 118; begin 118; write_up 114; publish 104; correct 96"),
    ("Netherlowe Park", True,
     "plan 52; request_authorisation 52; authorise 51; schedule 51 for 49; begin 49; write_up 48; publish 46"),
    ("Stanebeck Hall", True,
     "plan 157; request_authorisation 157; authorise 156; schedule 156 for 155; begin 155; write_up 153; publish 151"),
    ("Quarry Bank", True,
     "plan 391; request_authorisation 390; authorise 389; schedule 388 for 386; begin 386; write_up 385; publish 384"),
    ("Lowe Meadow", True, "plan 16; request_authorisation 15; refuse_authorisation 13"),
    ("Foundry Place", True, "plan 77; request_authorisation 76; refuse_authorisation 74"),
    ("Fellside Lodge", True, "plan 40; request_authorisation 39; withdraw_request 37; cancel 36"),
    ("Dovecote House", False, "plan 46; schedule 40 for 31; cancel 33"),
    ("Cinder Hill House", False, "plan 130; cancel 120"),
    ("Sandpiper Lodge", False, "plan 67; schedule 60 for 52; begin 52; abandon 52"),
    ("Tarnvale Lodge", False, "plan 212; schedule 205 for 196; begin 196; abandon 196"),
)  # fmt: skip

# Scotland's register as it is downloaded. Nothing of it is a service here until a Manager says so.
SCOTLAND = (
    ("CareService", "Subtype", "ServiceName", "Service_town", "Service_Postcode", "ServiceProvider",
     "Council_Area_Name", "Registered_Places", "Client_group", "Publication_of_Latest_Grading",
     "KQ_Support_Wellbeing", "KQ_Setting", "KQ_Leadership", "Last_inspection_Date", "ServiceStatus"),
    ("Care Home Service", "Older People", "Kelpie Haugh", "Strathlowe", "ZE99 1CK", "Kelpie Haugh Limited",
     "Strathlowe", "38", "Adults", "04/11/2024", "4", "5", "4", "18/09/2024", "Active"),
    ("Care Home Service", "Learning Disabilities", "Lantern Close", "Lochmarl", "ZE99 2CK", "Lochmarl Trust",
     "Strathlowe", "6", "Adults", "12/05/2025", "3", "4", "2", "27/03/2025", "Active"),
    ("Support Service", "Care at Home", "Peat Lane", "Lochmarl", "ZE99 3CK", "Lochmarl Trust",
     "Strathlowe", "0", "Adults", "NA", "NA", "NA", "NA", "NA", "Active"),
    ("Support Service", "Other than Care at home", "Stay Put Advice", "Tarnvale", "NA", "Wexshire Housing with Care",
     "NA", "25", "Adults", "21/02/2025", "5", "5", "5", "15/01/2025", "Active"),
    ("Day Care of Children", "NA", "Selkie Nursery", "Strathlowe", "ZE99 4CK", "Selkie Nursery",
     "Strathlowe", "30", "Children", "NA", "NA", "NA", "NA", "NA", "Active"),
)  # fmt: skip
DISMISSED = ("Peat Lane", "Nobody of this council's is supported there, and nobody has asked.")

YEARS = dt.timedelta(days=730)
FEW = ("two", "three", "four", "five")
NOTE_COUNT = 460
