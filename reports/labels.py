"""The words that the report itself prints, in the language of the profile."""

from dataclasses import dataclass

LANGUAGES = ("en", "fr", "ar")


@dataclass(frozen=True, slots=True)
class Labels:
    """One word or phrase for each place; ``%(…)s`` are filled in where they are printed."""

    kind: str
    edition: str
    version: str
    contents: str
    list_of_tables: str
    list_of_figures: str
    acronyms: str
    about: str
    suggested_citation: str
    section_authors: str
    chapter: str
    chapters: str
    numbered_section: str
    digest: str
    data_year: str
    frozen_on: str
    validated_on: str
    table: str
    figure: str
    source: str
    sources: str
    note: str
    datum: str
    value: str
    women: str
    men: str
    year: str
    territory: str
    definition: str
    definitions: str
    not_available: str
    nothing_found: str
    searched: str
    figures_of_chart: str
    download_figures: str
    no_text: str
    no_figures: str
    challenges: str
    challenge: str
    field: str
    competence: str
    data_requests: str
    asked_for: str
    asked_of: str
    asked_on: str
    as_of: str
    answered: str
    no_answer: str
    priorities: str
    priority: str
    rank: str
    label: str
    responsible: str
    partners: str
    time_frame: str
    budget: str
    first_step: str
    activities: str
    outcomes: str
    sdg_targets: str
    recommendation_areas: str
    answers: str
    action_sheet: str
    bibliography: str
    page: str
    validation_record: str
    validation_intro: str
    review_rounds: str
    round: str
    opened: str
    closed: str
    outcome: str
    decisions: str
    decision: str
    decided_on: str
    role: str
    section: str
    revision: str
    revisions: str
    submitted_on: str
    validation: str
    asked: str
    quorum: str
    attribution: str
    tacit_rule: str
    answered_by: str
    answer: str
    number_of_people: str
    reservations: str
    objections: str
    response: str
    from_workshop: str
    workshops: str
    workshops_intro: str
    participants: str
    confirmed: str
    documents_used: str
    said_in_the_room: str
    agreed_remarks: str
    counts_only: str
    open_round: str
    verify: str
    verify_intro: str
    verify_code: str
    approvals: str
    approvals_intro: str
    no_approvals: str
    approved_by: str
    stage: str
    approved_text: str
    whole_text: str
    all_but: str
    void: str
    answered_of: str
    quorum_reached: str
    quorum_missed: str
    tacit_told: str
    watermark: str
    colon: str
    comma: str


_EN = Labels(
    kind="City Migration Profile",
    edition="Edition %(year)s",
    version="Version %(version)s",
    contents="Contents",
    list_of_tables="Tables",
    list_of_figures="Figures",
    acronyms="Acronyms",
    about="About this publication",
    suggested_citation="Suggested citation",
    section_authors="Authors by chapter",
    chapter="Chapter %(number)s",
    chapters="Chapters %(numbers)s",
    numbered_section="section %(number)s",
    digest="Fingerprint of the text (SHA-256)",
    data_year="Latest year of the data",
    frozen_on="Text of",
    validated_on="Validated on",
    table="Table %(number)s",
    figure="Figure %(number)s",
    source="Source",
    sources="Sources",
    note="Note",
    datum="Datum",
    value="Value",
    women="Women",
    men="Men",
    year="Year",
    territory="Territory",
    definition="Definition",
    definitions="Definitions",
    not_available="not available",
    nothing_found="Nothing was found on this subject.",
    searched="Where it was searched",
    figures_of_chart="Figures of the chart",
    download_figures="Download the figures",
    no_text="No text has been submitted yet.",
    no_figures="No figures have been registered for this table.",
    challenges="Challenges",
    challenge="Challenge",
    field="Field",
    competence="Competence",
    data_requests="Data requests",
    asked_for="What was asked for",
    asked_of="Asked of",
    asked_on="Asked on",
    as_of="As of %(date)s",
    answered="answered",
    no_answer="no answer",
    priorities="Priorities of the city",
    priority="Priority",
    rank="No.",
    label="Weight",
    responsible="Responsible",
    partners="Partners",
    time_frame="Time frame",
    budget="Budget",
    first_step="First step",
    activities="Activities",
    outcomes="Expected outcomes",
    sdg_targets="SDG targets",
    recommendation_areas="Areas of recommendation",
    answers="Answers to",
    action_sheet="Action sheet %(number)s",
    bibliography="Bibliography",
    page="p. %(number)s",
    validation_record="Validation record",
    validation_intro=(
        "This record shows who judged which text. Every decision and every answer is bound to the "
        "fingerprint of the text it was given for; a later change would give another one."
    ),
    review_rounds="Rounds of expert review",
    round="Round",
    opened="Opened",
    closed="Closed",
    outcome="Outcome",
    decisions="Decisions",
    decision="Decision",
    decided_on="Date",
    role="Role",
    section="Section",
    revision="Revision",
    revisions="Text in force",
    submitted_on="Submitted",
    validation="Validation by the city and its stakeholders",
    asked="asked: %(number)s",
    quorum="quorum: %(percent)s %%",
    attribution="attribution: %(kind)s",
    tacit_rule="silence counts as agreement",
    answered_by="Answered by",
    answer="Answer",
    number_of_people="Number",
    reservations="Reservations, without names",
    objections="Objections, without names",
    response="Written answer:",
    from_workshop="added when priorities were set",
    workshops="Workshops",
    workshops_intro=(
        "Nobody is named. Groups that are too small to be told are put together or left out."
    ),
    participants="Participants:",
    confirmed="Sections confirmed:",
    documents_used="Documents used:",
    said_in_the_room="Objections and remarks of the room",
    agreed_remarks="Agreed remarks:",
    counts_only=(
        "This round was held under the Chatham House Rule: neither names nor affiliations "
        "are printed."
    ),
    open_round="still open",
    verify="How to check this file",
    verify_intro=(
        "At this address anybody can see whether a file is the published one and what was "
        "approved; a file is compared with it byte by byte, a text letter by letter. Type "
        "the address, or read it with a phone:"
    ),
    verify_code="QR code of the address",
    approvals="Approvals that hold for this text",
    approvals_intro=(
        "Each approval was given for the text with the fingerprint beside it. It is void for "
        "a section that has another text since."
    ),
    no_approvals="No approval holds for this text.",
    approved_by="Approved by",
    stage="Step",
    approved_text="For",
    whole_text="the whole text",
    all_but="the whole text except: %(sections)s",
    void="void: the text has changed since",
    answered_of="answers counted: %(given)s of %(needed)s needed",
    quorum_reached="quorum reached",
    quorum_missed="quorum not reached",
    tacit_told="announced on %(announced)s, reminded on %(reminded)s",
    watermark="Consultation version \u2013 not for citation",
    colon=": ",
    comma=", ",
)

_FR = Labels(
    kind="Profil migratoire de ville",
    edition="Édition %(year)s",
    version="Version %(version)s",
    contents="Table des matières",
    list_of_tables="Tableaux",
    list_of_figures="Figures",
    acronyms="Sigles et acronymes",
    about="À propos de cette publication",
    suggested_citation="Citation proposée",
    section_authors="Auteurs par chapitre",
    chapter="Chapitre %(number)s",
    chapters="Chapitres %(numbers)s",
    numbered_section="section %(number)s",
    digest="Empreinte du texte (SHA-256)",
    data_year="Année la plus récente des données",
    frozen_on="Texte du",
    validated_on="Validé le",
    table="Tableau %(number)s",
    figure="Figure %(number)s",
    source="Source",
    sources="Sources",
    note="Note",
    datum="Donnée",
    value="Valeur",
    women="Femmes",
    men="Hommes",
    year="Année",
    territory="Territoire",
    definition="Définition",
    definitions="Définitions",
    not_available="non disponible",
    nothing_found="Rien n’a été trouvé à ce sujet.",
    searched="Où la recherche a porté",
    figures_of_chart="Chiffres du graphique",
    download_figures="Télécharger les chiffres",
    no_text="Aucun texte n’a encore été soumis.",
    no_figures="Aucun chiffre n’a été enregistré pour ce tableau.",
    challenges="Défis",
    challenge="Défi",
    field="Domaine",
    competence="Compétence",
    data_requests="Demandes de données",
    asked_for="Objet de la demande",
    asked_of="Adressée à",
    asked_on="Demandée le",
    as_of="État au %(date)s",
    answered="réponse reçue",
    no_answer="sans réponse",
    priorities="Priorités de la ville",
    priority="Priorité",
    rank="N°",
    label="Poids",
    responsible="Responsable",
    partners="Partenaires",
    time_frame="Calendrier",
    budget="Budget",
    first_step="Premier pas",
    activities="Activités",
    outcomes="Résultats attendus",
    sdg_targets="Cibles des ODD",
    recommendation_areas="Domaines de recommandation",
    answers="Répond à",
    action_sheet="Fiche d’action %(number)s",
    bibliography="Bibliographie",
    page="p. %(number)s",
    validation_record="Procès-verbal de validation",
    validation_intro=(
        "Ce procès-verbal montre qui a jugé quel texte. Chaque décision et chaque réponse est liée "
        "à l’empreinte du texte concerné ; "
        "toute modification ultérieure en donnerait une autre."
    ),
    review_rounds="Tours de relecture par les experts",
    round="Tour",
    opened="Ouvert le",
    closed="Clos le",
    outcome="Issue",
    decisions="Décisions",
    decision="Décision",
    decided_on="Date",
    role="Rôle",
    section="Section",
    revision="Révision",
    revisions="Texte en vigueur",
    submitted_on="Soumis le",
    validation="Validation par la ville et ses parties prenantes",
    asked="personnes consultées : %(number)s",
    quorum="quorum : %(percent)s %%",
    attribution="attribution : %(kind)s",
    tacit_rule="le silence vaut accord",
    answered_by="Réponse de",
    answer="Réponse",
    number_of_people="Nombre",
    reservations="Réserves, sans noms",
    objections="Objections, sans noms",
    response="Réponse écrite\u00a0:",
    from_workshop="ajouté lors de la fixation des priorités",
    workshops="Ateliers",
    workshops_intro=(
        "Personne n’est nommé. Les groupes trop petits pour être indiqués sont réunis ou omis."
    ),
    participants="Participants\u00a0:",
    confirmed="Sections confirmées\u00a0:",
    documents_used="Documents utilisés\u00a0:",
    said_in_the_room="Objections et remarques de la salle",
    agreed_remarks="Remarques convenues\u00a0:",
    counts_only=(
        "Ce tour s’est tenu selon la règle de Chatham House : "
        "ni noms ni affiliations ne sont imprimés."
    ),
    open_round="encore ouvert",
    verify="Vérifier ce fichier",
    verify_intro=(
        "À cette adresse, chacun peut voir si un fichier est bien celui qui a été publié et "
        "ce qui a été approuvé\u00a0; un fichier y est comparé octet par octet, un texte "
        "lettre par lettre. Saisissez l’adresse ou lisez-la avec un téléphone\u00a0:"
    ),
    verify_code="Code QR de l’adresse",
    approvals="Approbations valables pour ce texte",
    approvals_intro=(
        "Chaque approbation a été donnée pour le texte dont l’empreinte figure à côté. Elle "
        "est caduque pour une section dont le texte a changé depuis."
    ),
    no_approvals="Aucune approbation ne vaut pour ce texte.",
    approved_by="Approuvé par",
    stage="Étape",
    approved_text="Pour",
    whole_text="tout le texte",
    all_but="tout le texte sauf\u00a0: %(sections)s",
    void="caduque\u00a0: le texte a changé depuis",
    answered_of="réponses comptées\u00a0: %(given)s sur %(needed)s requises",
    quorum_reached="quorum atteint",
    quorum_missed="quorum non atteint",
    tacit_told="annoncé le %(announced)s, rappelé le %(reminded)s",
    watermark="Version de consultation \u2013 ne pas citer",
    colon=" : ",
    comma=", ",
)

_AR = Labels(
    kind="ملف الهجرة للمدينة",
    edition="إصدار %(year)s",
    version="النسخة %(version)s",
    contents="المحتويات",
    list_of_tables="الجداول",
    list_of_figures="الأشكال",
    acronyms="المختصرات",
    about="عن هذا المنشور",
    suggested_citation="الاقتباس المقترح",
    section_authors="المؤلفون حسب الفصل",
    chapter="الفصل %(number)s",
    chapters="الفصول %(numbers)s",
    numbered_section="القسم %(number)s",
    digest="بصمة النص (SHA-256)",
    data_year="أحدث سنة للبيانات",
    frozen_on="نص بتاريخ",
    validated_on="تم التحقق في",
    table="الجدول %(number)s",
    figure="الشكل %(number)s",
    source="المصدر",
    sources="المصادر",
    note="ملاحظة",
    datum="البيان",
    value="القيمة",
    women="نساء",
    men="رجال",
    year="السنة",
    territory="النطاق",
    definition="التعريف",
    definitions="التعاريف",
    not_available="غير متوفر",
    nothing_found="لم يُعثر على شيء في هذا الموضوع.",
    searched="أين جرى البحث",
    figures_of_chart="أرقام الرسم البياني",
    download_figures="تنزيل الأرقام",
    no_text="لم يُقدَّم أي نص بعد.",
    no_figures="لم تُسجَّل أي أرقام لهذا الجدول.",
    challenges="التحديات",
    challenge="التحدي",
    field="المجال",
    competence="الاختصاص",
    data_requests="طلبات البيانات",
    asked_for="موضوع الطلب",
    asked_of="الجهة المطلوب منها",
    asked_on="تاريخ الطلب",
    as_of="حتى %(date)s",
    answered="ورد الرد",
    no_answer="دون رد",
    priorities="أولويات المدينة",
    priority="الأولوية",
    rank="الرقم",
    label="الوزن",
    responsible="الجهة المسؤولة",
    partners="الشركاء",
    time_frame="الإطار الزمني",
    budget="الميزانية",
    first_step="الخطوة الأولى",
    activities="الأنشطة",
    outcomes="النتائج المتوقعة",
    sdg_targets="غايات التنمية المستدامة",
    recommendation_areas="مجالات التوصيات",
    answers="تستجيب إلى",
    action_sheet="بطاقة العمل %(number)s",
    bibliography="المراجع",
    page="ص %(number)s",
    validation_record="سجل التحقق",
    validation_intro=(
        "يبيّن هذا السجل من حكم على أي نص. كل قرار وكل رد مرتبط ببصمة النص الذي صدر بشأنه، "
        "وأي تغيير لاحق ينتج بصمة أخرى."
    ),
    review_rounds="جولات مراجعة الخبراء",
    round="الجولة",
    opened="افتُتحت",
    closed="أُغلقت",
    outcome="النتيجة",
    decisions="القرارات",
    decision="القرار",
    decided_on="التاريخ",
    role="الدور",
    section="القسم",
    revision="المراجعة",
    revisions="النص الساري",
    submitted_on="تاريخ التقديم",
    validation="التحقق من قبل المدينة وأصحاب المصلحة",
    asked="عدد المستشارين: %(number)s",
    quorum="النصاب: %(percent)s %%",
    attribution="الإسناد: %(kind)s",
    tacit_rule="السكوت يُعد موافقة",
    answered_by="صاحب الرد",
    answer="الرد",
    number_of_people="العدد",
    reservations="التحفظات، دون أسماء",
    objections="الاعتراضات، دون أسماء",
    response="الرد الكتابي:",
    from_workshop="أُضيف عند تحديد الأولويات",
    workshops="ورش العمل",
    workshops_intro="لا يُذكر اسم أحد. وتُجمع الفئات الصغيرة التي لا يجوز ذكرها أو تُحذف.",
    participants="المشاركون:",
    confirmed="الأقسام المؤكَّدة:",
    documents_used="الوثائق المستخدمة:",
    said_in_the_room="اعتراضات القاعة وملاحظاتها",
    agreed_remarks="الملاحظات المتفق عليها:",
    counts_only="عُقدت هذه الجولة وفق قاعدة تشاتام هاوس: لا تُطبع الأسماء ولا الانتماءات.",
    open_round="ما زالت مفتوحة",
    verify="كيف تتحقق من هذا الملف",
    verify_intro=(
        "في هذا العنوان يمكن لأي شخص أن يرى ما إذا كان الملف هو الملف المنشور وما الذي تمت "
        "الموافقة عليه؛ يُقارن الملف بايتًا ببايت والنص حرفًا بحرف. اكتب العنوان أو اقرأه "
        "بالهاتف:"
    ),
    verify_code="رمز الاستجابة السريعة للعنوان",
    approvals="الموافقات السارية على هذا النص",
    approvals_intro=(
        "أُعطيت كل موافقة للنص الذي تظهر بصمته بجانبها، وتسقط عن كل قسم تغيّر نصه بعدها."
    ),
    no_approvals="لا توجد موافقة سارية على هذا النص.",
    approved_by="الموافِق",
    stage="المرحلة",
    approved_text="النص",
    whole_text="النص كله",
    all_but="النص كله باستثناء: %(sections)s",
    void="ساقط: تغيّر النص بعده",
    answered_of="الردود المحتسبة: %(given)s من %(needed)s مطلوبة",
    quorum_reached="اكتمل النصاب",
    quorum_missed="لم يكتمل النصاب",
    tacit_told="أُعلن في %(announced)s وأُرسل التذكير في %(reminded)s",
    watermark="نسخة للتشاور \u2013 لا يُستشهد بها",
    colon=": ",
    comma="\u060c ",
)

_BY_LANGUAGE = {"en": _EN, "fr": _FR, "ar": _AR}


def labels(language: str) -> Labels:
    """Return the words for a language (``ar-TN`` is Arabic), English where there are none."""
    return _BY_LANGUAGE.get(language[:2], _EN)


def direction(language: str) -> str:
    """Return ``rtl`` for Arabic, ``ltr`` otherwise."""
    return "rtl" if language[:2] == "ar" else "ltr"
