"""What the demo's invented officers write. No person is named: posts and case references only.

`{few}` and `{some}` are small and larger numbers, `{case}` a case reference, `{post}` a post, `{date}` a past day.
"""
# ruff: noqa: E501 - sentences stay whole

# Kinds of setting: `home` is any care home, `agency` care at home, `scheme` supported living and extra care.

GOOD = {
    "home": (
        "Communal rooms were clean, warm and in use; bedrooms were personal and call bells were within reach.",
        "Of {few} care plans read, all were reviewed within the month and matched the care that we saw given.",
        "Medicines were given without interruption, and the running balance was right for every item that we counted.",
        "Lunch was unhurried. People who needed help to eat had one member of staff each, seated at eye level.",
        "The staffing on the rota agreed with the staff on the floor, day and night, for the {few} weeks that we compared.",
        "Falls are analysed each month by time and place, and the changes made after the last analysis could be shown.",
        "Weights were taken on time, and {few} people who had lost weight had been referred to a dietitian.",
        "People spoke of being asked, not told: when to get up, where to eat, whom to sit with.",
        "Hoists, slings and the lift were in date for their examinations, and each person had a sling of their own.",
        "Staff knew who could not consent to what, and the best-interests decisions for {case} were clearly recorded.",
        "Night checks were recorded at the times agreed with each person, and not in one entry at the end of the shift.",
        "The activities programme ran in the evening and at the weekend too, and one-to-one time was recorded.",
    ),
    "agency": (
        "Call logs for {few} people showed visits within fifteen minutes of the agreed time in more than nine of ten cases.",
        "People are told the evening before who will come, and rang us to say how much that matters to them.",
        "All {some} staff files held two references, a right-to-work check and a current disclosure check.",
        "Spot checks were done for every care worker in the quarter, and what they found was taken up in supervision.",
        "Medicine charts were returned monthly and audited; the {few} gaps had each been followed up within the week.",
        "The office rings each new person after the first week. The notes of these calls were frank and useful.",
        "Continuity is good: most people saw no more than {few} different care workers in a month.",
        "The on-call telephone was answered at the first attempt when we tried it out of hours.",
        "Care plans said what a good morning looks like for the person, and not only which tasks to do.",
        "Missed calls are reported to us the same day. There were {few} in the quarter, and none left anyone at risk.",
    ),
    "scheme": (
        "Tenancy and support are clearly apart, and tenants could tell us who does what.",
        "Support plans for {few} tenants set goals that the tenants themselves had chosen, with dates.",
        "The hours of shared and individual support delivered agreed with those commissioned, month by month.",
        "Money held for tenants balanced to the penny in the {few} records that we checked, each with two signatures.",
        "Positive behaviour support plans were current, and staff could explain them without looking them up.",
        "Tenants chair their own house meeting. The last {few} sets of minutes led to changes that we could see.",
        "Health action plans and hospital passports were up to date, and annual health checks had been attended.",
        "Fire drills had been held at night staffing levels, and each tenant had a personal evacuation plan.",
        "Staff were matched to tenants by interest where possible, which showed in a relaxed and busy evening.",
        "Use of restrictive practice was recorded, reviewed and falling; two restrictions had been ended since {date}.",
    ),
    "other": (
        "Attendance and transport records agreed, and late journeys had been raised with the contractor.",
        "People chose from {few} sessions in the morning and could change their minds in the afternoon.",
        "Staff had completed the safeguarding training, and could say whom they would ring and when.",
        "Advice given was recorded the same day and, where asked for, confirmed in plain writing.",
        "Families described the service as the part of the week that keeps everything else going.",
        "Outcomes agreed in the grant were reported on time and the evidence behind {few} of them was sound.",
    ),
}

WEAK = {
    "home": (
        "Two sluice rooms were untidy and one commode pan was stained; the cleaning schedule had gaps on {few} days.",
        "Of {few} care plans read, two had not been reviewed after a fall, and the risk assessments were out of step.",
        "The medicines fridge had no temperature recorded on {few} days, and one opened eye ointment had no date.",
        "Repositioning charts for {case} had unexplained gaps of up to six hours at night.",
        "Agency staff covered {some} shifts in the month; {few} of them had no recorded induction to the home.",
        "Call bells were answered after more than ten minutes on {few} occasions while we were on the first floor.",
        "Fluid charts were totalled, but nobody could show what was done when a total was low.",
        "Supervision was overdue for {few} staff and the matrix did not show moving-and-handling refreshers.",
        "The registered manager's audits found the same points {few} months running without an action or a date.",
        "Activities had stopped while the post is vacant, and people spent most of the afternoon in one lounge.",
        "Consent forms were signed by relatives whose authority to decide had not been recorded.",
        "The mattress in one room was worn through, and the audit of mattresses was last done on {date}.",
    ),
    "agency": (
        "A sample of {few} rotas left no travel time between calls, so that later calls began up to an hour late.",
        "Call monitoring was used for only two thirds of visits; the rest were entered by hand afterwards.",
        "{few} double-handed calls were attended by one care worker only. The office had not known until we asked.",
        "Medicine charts for {case} had {few} blank spaces and no code to say why.",
        "References were missing from {few} of {some} staff files, and one gap in employment was not explained.",
        "People could not say who would come the next day, and several had stopped asking.",
        "Spot checks had lapsed since {date}, when the field supervisor left.",
        "Two complaints had been answered by telephone and not recorded, so nothing could be learned from them.",
    ),
    "scheme": (
        "Support hours delivered were {some} below those commissioned over four weeks, mostly at weekends.",
        "Behaviour support plans had not been reviewed since {date}, although incidents had risen.",
        "The kitchen in one property needs repair, and the landlord had not been chased in writing.",
        "Financial records for {few} tenants had single signatures, and one receipt was missing.",
        "Staff who support one tenant ({case}) had not had the epilepsy training named in the plan.",
        "House meetings had stopped, and tenants said they hear of changes when they happen.",
        "Night staff could not say where the grab bag with evacuation plans is kept.",
    ),
    "other": (
        "Registers were completed at the end of the week, not on the day.",
        "Two volunteers had begun before their checks were back; both were supervised, but it was not recorded.",
        "The grant report came {few} weeks late and counted some people twice.",
        "The first-aid box was out of date, and the accident book had not been looked at since {date}.",
    ),
}

PRACTICE = (
    "A one-page profile by each door tells any new member of staff what matters to the person first.",
    "Staff carry a small card with the early signs of sepsis, and could explain when it was last used.",
    "The evening handover includes the care worker who knows a person best, whatever their post.",
    "A memory corner made with the local school is in daily use.",
    "The service writes to families each month about what went well and what did not.",
    "Night staff were part of the last care plan reviews, and had suggested two of the changes.",
    "New staff spend their first day as if they used the service: fed, hoisted and waiting.",
    "People who use the service sit on every interview panel.",
    "The manager rings a different family every Friday, with no reason other than to ask.",
    "Medicine rounds were moved after people said that breakfast was rushed.",
)

CONCERN_ACTIONS = (
    "Raised with the {post} on the day. The gaps are to be closed within two weeks, and we shall look again.",
    "The {post} agreed to an action with a date for each point; they will be followed up at the next meeting.",
    "Discussed with the safeguarding unit, who asked for no enquiry. The provider sends us its weekly audit for a month.",
    "The community pharmacist was asked to visit. The provider has told the people concerned and their families.",
    "A care management review was requested for {case}. Nobody was found to have come to harm.",
    "Put right while we were there. To be checked again without notice.",
)

FEEDBACK = (
    "Thanked for their openness. The main strengths were named, and the points to improve were gone through one by one.",
    "Told that care was kind and attentive, and that the records do not yet do it justice.",
    "The most urgent points were agreed on the spot; the rest will be in the report.",
    "They recognised the findings and had begun on two of them already.",
    "They disputed the point about staffing and will send the signed rotas; the other points were accepted.",
    "A positive conversation. They asked for examples of good records from elsewhere, which we shall send.",
)

CONSULTED = (
    "We spoke with {few} people who use the service, two relatives and {few} members of staff, most of them in private.",
    "{few} people were spoken with in their rooms; forms went to all families, and {some} came back.",
    "We sat with people over lunch, spoke with {few} staff from both shifts and rang three families the day after.",
    "People who do not use words were observed for half an hour. Two families and {few} staff were spoken with.",
    "Telephone calls to {few} people or their families, chosen by us from the full list; {few} staff by telephone.",
    "A short talk with {few} people who were awake and wished to talk, and with everyone on duty.",
)

CORRECTIONS = (
    (
        "The number of staff files was wrong.",
        "We read eight staff files and not six; the finding about them is unchanged.",
    ),
    (
        "The provider sent the missing rotas.",
        "The signed rotas show that the night staffing was as planned on all dates.",
    ),
    ("One sentence described another unit.", "The point about the sluice room concerns the ground floor only."),
)

OVERRUNS = (
    "One person became unwell while we were there, and we stayed out of the way until the ambulance had gone.",
    "Handover was later than planned, and we wished to hear it.",
)

REASONS = {
    "cadence": (
        "Due in the yearly programme.",
        "Next in the programme after the visit of {date}.",
        "Part of this quarter's programme for the contract.",
        "Baseline for the new contract year.",
    ),
    "concern": (
        "Three low-level safeguarding referrals in six weeks, with missed medicines in common.",
        "A relative reported long waits for help in the evenings.",
        "The registered manager has left, and the deputy is new in post.",
        "A social worker's review of {case} found charts that were not filled in.",
        "An anonymous call described night shifts with one member of staff too few.",
        "The regulator's last report found that governance had slipped.",
    ),
}

TASKS = (
    "Look at the evening staffing and at how long bells are left.",
    "Read the last three months of medicine audits, and count controlled drugs with the senior.",
    "Ask families about communication since the change of manager.",
    "Compare call-monitoring data with care notes for five people.",
    "Follow up the actions that were agreed at the last visit.",
    "See a mealtime, and speak with the cook about modified diets.",
    "",
)

CANCELLED = (
    "The home has an outbreak of norovirus. To be planned again when it is open to visitors.",
    "The registered manager is on unplanned leave and the deputy asked for another date.",
    "Combined with the visit that the regulator has announced for the same week.",
    "The officer is needed for an urgent matter at another service.",
)
ABANDONED = (
    "The fire alarm sounded after twenty minutes, and the building was cleared. Everyone is safe.",
    "A person who lives there died during the visit. We left, out of respect, and will come another day.",
)
REFUSED_AUTHORISATION = (
    "The concern is already looked into by the safeguarding unit. A visit now would cut across its enquiry.",
    "The routine visit is due in nine days and can take this in.",
)
AUTHORISE_NOTES = ("Agreed. Go without notice.", "Agreed. Take a colleague from infection control.", "Agreed.")

# By channel, then by setting; `any` suits all.
NOTES = {
    "phone": {
        "any": (
            "Rang about the vacancy for a deputy. {few} candidates are shortlisted, and interviews are next week.",
            "Asked for the training matrix, which is a week late. Promised by Friday.",
            "{post} rang in confidence: sickness is high, and {some} shifts are with agencies this week.",
            "{post} rang about flu vaccinations. {some} of the staff have had theirs; a second clinic is booked.",
            "{post} asked about the uplift. Passed to the contracts team.",
            "Followed up the harm log: {few} medicine errors, no harm. The member of staff has been observed and signed off.",
            "{post} rang to say that the regulator is on site today, unannounced.",
            "Rang after the complaint, {case}. The family has met the {post} and is content with what was agreed.",
            "Asked how the new digital care records are settling in. Night staff find them slow; more tablets are ordered.",
            "{post} wished to talk through a safeguarding referral before sending it. Advised to send it today.",
            "Rang to introduce myself as the linked officer, and to agree how often we talk.",
        ),
        "home": (
            "{post} rang to say that the boiler is repaired. Heaters were in use for one night; nobody was moved.",
            "{post} asked whether a change of one person's room needs our agreement. Advised to involve the social worker.",
            "{post} reported a fall with a fracture, {case}. The regulator was notified; post-fall checks were done.",
            "The lift is out of order until Thursday. People on the second floor have their meals upstairs.",
            "Rang to pass on a compliment from a family about end-of-life care, {case}.",
            "Spoke with the {post} about visiting times after a complaint. There are none, and the notice will go.",
            "{post} reports an outbreak of sickness, {few} people and two staff. Closed to visitors since {date}; infection control is told.",
            "Asked about {few} empty rooms. Two assessments this week, one person is coming from hospital on Friday.",
        ),
        "agency": (
            "Call about {case}: late calls on {few} mornings. The round has been changed, and the family has been told.",
            "Checked how the weekend went after the change of rota. No missed visits, {few} late ones.",
            "Spoke about winter planning: four-wheel drive volunteers, batteries, paper copies of the rounds.",
            "Call passed on by the duty team: no care worker at {few} evening visits. All people were rung, and all are well.",
            "{post} hands back one package, {case}, because of the distance. Notice and handover are agreed.",
            "Rang {few} people who use the service, from the full list. All know who comes, and none had a missed call.",
        ),
        "scheme": (
            "{post} rang about damp in one flat. The landlord has been, and works are promised within the month.",
            "A tenant is in hospital after a seizure, {case}. Staff are with them by day; support hours stay as they are.",
            "Noise complaint by a neighbour. The {post} has met them, and quiet hours are agreed with the tenants.",
            "Asked why {some} support hours were not delivered last month. Two vacancies, one filled since.",
        ),
        "other": (
            "Attendance is down to {some} on Mondays. They will ask people whether another day suits better.",
            "Transport was late on {few} mornings. Raised with the contractor, who has changed the round.",
        ),
    },
    "email": {
        "any": (
            "Insurance certificates received, in date until next year. Saved with the contract.",
            "Action plan update: {few} of {some} actions done, with evidence for each.",
            "Sent the checklist for the coming visit, and asked for the documents a week before it.",
            "Asked by mail for the outcome of the complaint, {case}.",
            "Received the continuity plan. The test of {date} is recorded; one number on the contact list is wrong.",
            "Provider sent its quarterly figures. Staff turnover has fallen; supervision is at nine in ten.",
            "Thanked the {post} for the swift reply to the regulator's questions, copy received.",
            "Reminder sent about the return that was due on {date}.",
            "Mail from the {post}: a new nominated individual is proposed, and the regulator is told.",
            "Shared the good practice note on hydration; the {post} will use it in the team meeting.",
        ),
        "home": (
            "Mail from the {post} with the minutes of the residents' meeting. Food and laundry were the main topics.",
            "Occupancy return: {few} vacancies, one room out of use for decoration.",
            "Circulated the safety notice about bed rails. The {post} confirms that all {some} sets were checked.",
            "Monthly medicines audit received. One omission, explained, and the chart corrected.",
            "Photographs of the new flooring received; the trip hazard noted on our visit is gone.",
        ),
        "agency": (
            "Call-monitoring report received: {few} missed calls, each with its reason. Lateness is down again.",
            "Capacity return: can take {some} more hours in the evenings, none in the early mornings.",
        ),
        "scheme": (
            "Hours return received: delivered and commissioned agree but for {some} hours, which will be credited.",
            "Copy of the fire risk assessment received, with {few} actions for the landlord.",
        ),
        "other": ("Report on the grant received, with what {some} people said about the service.",),
    },
    "meeting": {
        "any": (
            "Met the {post} at the provider forum. They will show their work on induction at the next one.",
            "Talk after the visit: the {post} went through each point and gave dates. A realistic plan.",
            "Short meeting with the nominated individual about governance. Weekly calls until the new manager starts.",
            "Contract review meeting. Hours, invoices and our own figures agree.",
            "Talk with the {post}. Recruitment is better, with {few} starters this month.",
        ),
        "home": (
            "Keeping-in-touch talk with the {post}. Falls are down on last month; {few} people are new.",
            "Met on site about the kitchen refit. Meals come from the sister home for two weeks; diets are agreed.",
            "Joint talk with community nursing about pressure care. One care plan is to be rewritten, {case}.",
        ),
        "agency": ("Met at their office about travel time. Rounds are to be redrawn by postcode before the winter.",),
        "scheme": ("Joined the tenants' meeting for half an hour. They want a later curfew for the shared lounge.",),
        "other": ("Met at the centre. The {post} showed how people choose the programme for the month.",),
    },
    "letter": {
        "any": (
            "Letter from a family praising two members of staff. Copied to the provider with their consent.",
            "Formal reply to our questions about staffing. To be read against the rotas at the next visit.",
            "Letter from the landlord: works to the fire doors begin on the first of next month.",
        ),
        "home": (), "agency": (), "scheme": (), "other": (),
    },
}  # fmt: skip
FOLLOW = (
    "To be looked at at the next visit.",
    "No further action.",
    "I shall ring again in a week.",
    "Copied to the contracts team.",
    "They will confirm in writing.",
    "Told the manager of the team.",
    "Asked them to tell us if anything changes.",
    "The social worker has been told, {case}.",
    "They sounded tired; offered a visit to help with the audit.",
    "A good, open talk.",
    "Added to the agenda of the next meeting.",
    "Nobody came to harm.",
    "Will be checked against next month's return.",
    "The {post} will follow it up.",
    "Families have been told.",
    "Asked for evidence by the end of the month.",
)

POSTS = {
    "home": ("registered manager", "deputy manager", "senior care worker", "head of care"),
    "agency": ("registered manager", "care coordinator", "field supervisor", "deputy manager"),
    "scheme": ("registered manager", "team leader", "deputy manager", "support coordinator"),
    "other": ("manager", "centre coordinator", "duty adviser"),
}

# Grounds, evidence, risk to the people already there, conditions: one report on a restriction each.
CASES = (
    (
        "Two focused visits in five weeks found that people who need help to turn were not helped in time at night, and "
        "that the charts had been completed afterwards.\nThe provider's own audits had not noticed it.",
        "Visit reports of the last two months; repositioning charts for {case}; tissue viability nurse's advice.",
        "{few} people have pressure damage, one of them category three. All were seen by community nursing this week, "
        "and equipment has been replaced.",
        "1. Night staffing of four, shown on signed rotas every Monday.\n2. A nurse from outside the home audits the "
        "charts weekly.\n3. No new admission of a person at high risk of pressure damage.",
    ),
    (
        "Medicines have been missed or given twice on {some} occasions in six weeks, on both floors and on every shift. "
        "Training was promised in two earlier plans and not delivered.",
        "Harm logs; pharmacist's audit; visit report; minutes of the meeting with the provider.",
        "Nobody was admitted to hospital. {few} people take medicines where a missed dose matters within hours; their "
        "rounds are double-checked from today.",
        "1. Competence of every member of staff who gives medicines is assessed anew.\n2. Daily count of time-critical "
        "medicines, sent to us weekly.\n3. The community pharmacist visits fortnightly.",
    ),
    (
        "The regulator's inspection found breaches in safe care and in governance. The registered manager left the week "
        "after, and nobody with experience has taken the post.",
        "Regulator's report; our own visit of the same month; notice of the manager's absence.",
        "Care is kind, but risks are not seen early. {few} people had unrecorded falls. Families have been told.",
        "1. An experienced interim manager in post within two weeks.\n2. Weekly call with the nominated individual.\n"
        "3. Risk assessments of all people reviewed within a month.",
    ),
    (
        "Calls to people at home are late by more than an hour in one case of six, and {few} were missed last month. The "
        "provider has taken on more work than its staff can carry.",
        "Call-monitoring data for twelve weeks; complaints {case} and two others; spot calls by this team.",
        "Of {some} people served, {few} cannot wait for food, insulin or help from bed. These calls are now done first "
        "and confirmed to us daily.",
        "1. No new packages until late calls are below one in twenty for four weeks.\n2. Travel time in every rota.\n"
        "3. Missed calls reported to us within the hour.",
    ),
    (
        "Fire doors on one unit do not close, two detectors failed on test, and staff could not describe the evacuation "
        "of a person in bed.",
        "Fire service's letter; our visit with the health and safety adviser; photographs.",
        "The people on the unit are at risk at night. A waking fire watch is in place, and two people who cannot be "
        "moved quickly have ground-floor rooms for now.",
        "1. Fire watch until the doors are certified.\n2. A drill at night staffing, seen by us.\n3. New admissions only "
        "for people who walk without help.",
    ),
    (
        "The provider told us that a lender has withdrawn and that wages were paid late in two of its services. It has "
        "asked us to pause new work while it finds a buyer.",
        "Provider's letter; minutes of two meetings; credit report; staff turnover figures.",
        "Care is stable so far. {some} people would need other arrangements if the provider stopped, and plans for each "
        "are being drawn up with care management.",
        "1. Weekly statement of staffing in each service.\n2. We hear of any notice to staff before it is given.\n"
        "3. Continuity plan rewritten and tested.",
    ),
    (
        "Staff were recruited without complete checks: {few} of {some} files lacked a reference or a disclosure check.",
        "Staff file audit of our visit; the provider's list of starters since {date}.",
        "The staff concerned work under supervision until the checks are back. No concern about their conduct is known.",
        "1. Nobody works alone before the checks are complete.\n2. The provider sends us its list of starters monthly.",
    ),
    (
        "Incidents between people on one unit have doubled, and positive behaviour support is written down but not done. "
        "Restraint was used {few} times without review.",
        "Incident log; behaviour specialist's report; visit by two officers; feedback of {few} families.",
        "Two people have been hurt, neither seriously. Extra staff are on the unit from mid-afternoon to bedtime.",
        "1. Behaviour specialist on site twice a week.\n2. Each use of restraint reported to us the next working day.\n"
        "3. New people only after a compatibility assessment that we have seen.",
    ),
    (
        "People lost weight and it was not acted on. Of {few} people weighed on our visit, three had lost more than a "
        "tenth in a quarter, and no referral had been made.",
        "Weight records; dietitian's review; observation of two mealtimes.",
        "Those affected were seen by their doctor this week. Meals are fortified and weights taken weekly for everyone.",
        "1. Nutrition champion on each shift.\n2. Weekly weights of people at risk sent to us.\n3. Mealtime staffing as "
        "agreed in the plan.",
    ),
    (
        "Support that we pay for is not given: hours delivered were a fifth below those commissioned in three months, "
        "and tenants have missed health appointments.",
        "Time sheets against invoices; health action plans; talks with {few} tenants and their families.",
        "Tenants are safe at night, and less well in themselves. Appointments have been booked anew and are tracked.",
        "1. Weekly hours, by tenant, sent to us.\n2. A team leader in each property.\n3. No new tenancy without a start "
        "date agreed with us.",
    ),
)

REVIEWS = (
    "Risks are lower: {few} of the conditions are met and have held since the last review. The rest are in hand.",
    "No change. The interim manager has begun well, but it is too soon to see results.",
    "Risks have moved: records are better, staffing at weekends is not. An unannounced visit is planned.",
    "Steady progress. Audits now find what we find, and actions have dates that are kept.",
    "A setback: two senior staff have left. The provider has brought in help from another service.",
    "Community nursing and families confirm the improvement. Two conditions remain.",
    "The plan is late. The nominated individual was told that we shall consider further steps.",
)
NEXT_STEPS = (
    "The provider has eight more weeks. A full assessment then decides between a lift by stages and the end of the "
    "contract. Care management reviews everyone placed in the meantime, beginning with those at highest risk.",
    "Meeting of all commissioners with the provider's board next month. Until then placements stay closed, and options "
    "for people whose families wish to move are discussed with each of them.",
)
LIFT_EVIDENCE = (
    "All conditions met for eight weeks. Two unannounced visits and the pharmacist's audit confirm it.",
    "Late calls at one in thirty for six weeks; no missed call since {date}. People rung at random agree.",
    "New registered manager in post; audits reliable; the last visit found no area of serious concern.",
    "Checks of all staff files complete, and the list of starters has been right for three months running.",
)
LIFT_NOTES = (
    "The evidence is sound. Lift.",
    "Agreed, with a visit within six weeks.",
    "Agreed. Tell the brokers today.",
)
LIFT_REFUSED = (
    "Weekends are not covered by the evidence, and the last unannounced visit was before the manager left.",
    "Six weeks are too short after two relapses. Ask again after the next full visit.",
)
RETURNED = (
    "Say how many people are placed with us and how many by others, and what is in place for them tonight.",
    "The conditions must be such that we can measure them. Please set them out again.",
)
DECLINED = "The concern is real but is met by the action plan agreed last week. Visit in a month, and come back if it is not kept."
WITHDRAWN = "The provider has stopped admissions of its own accord and confirmed it in writing."
VARIATIONS = (
    "Conditions one and two have been met for six weeks; admissions can begin again one at a time.",
    "The concern is now confined to one unit. The rest of the service has been reassessed.",
    "The provider asks to take people back from hospital who lived there before.",
)
VARIED_CONDITIONS = "One admission a week, each agreed with us beforehand.\nWeekly audit of charts, sent every Monday."
VARIATION_REFUSED = "The unit shares its night staff with the rest of the home, so the risk cannot be confined to it."
