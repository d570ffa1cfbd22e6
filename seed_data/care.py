"""What each kind of professional holds, treats and offers in the demonstration. Codes are the vocabulary's.

They are written out here, not read from the vocabulary, so that an edit there changes no demonstration record; a
test checks that every code exists.
"""

from typing import NamedTuple


class Practice(NamedTuple):
    """One kind of professional.

    `holdings` are the taxonomies one of them may hold, the primary one first; `degrees` the credential. `board`: some
    board certifies them as a matter of course. `conditions` and `treatments` are what one may state, commonest first.
    """

    holdings: tuple[tuple[str, ...], ...]
    degrees: tuple[str, ...]
    board: bool
    conditions: tuple[str, ...]
    treatments: tuple[str, ...]


_EVERYDAY = ("low-back-pain", "neck-pain", "sciatica", "back-muscle-spasm", "chronic-back-pain")
_NERVE_ROOT = ("sciatica", "lumbar-radiculopathy", "cervical-radiculopathy", "herniated-disc")
_SURGICAL = (
    "lumbar-disc-herniation", "lumbar-spinal-stenosis", "lumbar-spondylolisthesis", "cervical-disc-herniation",
    "cervical-radiculopathy", "cervical-myelopathy", "degenerative-disc-disease", "sciatica",
    "cervical-spinal-stenosis", "foraminal-stenosis", "failed-back-surgery-syndrome", "adjacent-segment-disease",
    "vertebral-compression-fracture", "lumbar-fracture", "spinal-instability", "synovial-cyst",
    "pseudarthrosis-after-fusion", "spinal-tumor", "spinal-metastasis", "vertebral-osteomyelitis",
)  # fmt: skip

PRACTICES: dict[str, Practice] = {
    "primary_care": Practice(
        (("207Q00000X",), ("207Q00000X",), ("207R00000X",), ("208D00000X",)),
        ("MD", "MD", "MD", "DO"),
        True,
        (*_EVERYDAY, "mid-back-pain", "lumbar-strain", "arthritis", "osteoporosis", "fibromyalgia",
         "lumbar-spondylosis", "neck-strain", "pregnancy-related-back-pain", "vertebral-compression-fracture",
         "polymyalgia-rheumatica"),
        ("anti_inflammatory_medicine", "muscle_relaxant", "spine_imaging", "nerve_pain_medicine",
         "osteoporosis_medicine", "trigger_point_injection"),
    ),
    "osteopathic_physician": Practice(
        (("207Q00000X",), ("204D00000X",), ("204D00000X", "207Q00000X"), ("204C00000X",)),
        ("DO",),
        True,
        (*_EVERYDAY, "sacroiliac-joint-dysfunction", "spinal-segmental-dysfunction", "piriformis-syndrome",
         "lumbar-strain", "pregnancy-related-back-pain", "cervicogenic-headache", "pelvic-girdle-pain",
         "leg-length-discrepancy"),
        ("osteopathic_manipulation", "manual_therapy", "spinal_manipulation", "anti_inflammatory_medicine",
         "trigger_point_injection", "exercise_therapy", "muscle_relaxant"),
    ),
    "chiropractor": Practice(
        (("111N00000X",), ("111N00000X",), ("111N00000X",), ("111NX0800X",), ("111NR0400X",), ("111NS0005X",)),
        ("DC",),
        False,
        (*_EVERYDAY, "spinal-segmental-dysfunction", "sacroiliac-joint-dysfunction", "whiplash",
         "facet-joint-syndrome", "mid-back-pain", "lumbar-strain", "poor-posture", "cervicogenic-headache",
         "herniated-disc",
         "piriformis-syndrome", "pregnancy-related-back-pain", "scoliosis"),
        ("chiropractic_care", "spinal_manipulation", "manual_therapy", "exercise_therapy", "traction",
         "posture_training", "laser_shockwave_ultrasound", "tens", "massage", "mckenzie_method", "dry_needling"),
    ),
    "spine_surgeon_orthopedic": Practice(
        (("207XS0117X",), ("207XS0117X", "207X00000X"), ("207X00000X", "207XS0117X")),
        ("MD", "MD", "MD", "DO"),
        True,
        (*_SURGICAL, "scoliosis", "adult-degenerative-scoliosis", "adolescent-idiopathic-scoliosis", "kyphosis",
         "spondylolysis", "scheuermann-disease", "flatback-syndrome"),
        ("laminectomy", "spinal_fusion", "microdiscectomy", "cervical_fusion", "minimally_invasive_spine_surgery",
         "disc_replacement", "foraminotomy", "scoliosis_surgery", "revision_spine_surgery", "vertebroplasty",
         "sacroiliac_fusion"),
    ),
    "spine_surgeon_neurosurgery": Practice(
        (("207T00000X",), ("207T00000X",), ("207T00000X", "208VP0014X"), ("207T00000X", "207XS0117X")),
        ("MD", "MD", "MD", "DO"),
        True,
        (*_SURGICAL, "chiari-malformation", "syringomyelia", "tethered-cord-syndrome", "thoracic-disc-herniation",
         "spinal-cord-tumor", "spinal-schwannoma", "tarlov-cyst", "spinal-csf-leak"),
        ("laminectomy", "microdiscectomy", "cervical_fusion", "spinal_fusion", "minimally_invasive_spine_surgery",
         "foraminotomy", "disc_replacement", "laminoplasty", "spinal_cord_stimulator", "revision_spine_surgery"),
    ),
    "physiatrist": Practice(
        (("208100000X",), ("208100000X",), ("208100000X", "2081P2900X"), ("2081S0010X",), ("2081P0004X",)),
        ("MD", "MD", "DO"),
        True,
        (*_NERVE_ROOT, "low-back-pain", "chronic-back-pain", "facet-joint-syndrome", "sacroiliac-joint-dysfunction",
         "lumbar-spinal-stenosis", "myofascial-pain-syndrome", "discogenic-low-back-pain", "whiplash",
         "neurogenic-claudication", "coccydynia", "spinal-cord-injury", "scoliosis", "spondylolysis",
         "failed-back-surgery-syndrome", "vertebral-stress-fracture", "cervical-dystonia"),
        ("epidural_steroid_injection", "facet_injection", "trigger_point_injection", "radiofrequency_ablation",
         "sacroiliac_injection", "nerve_conduction_study", "medial_branch_block", "nerve_pain_medicine",
         "exercise_therapy", "pain_rehabilitation_program", "regenerative_injection"),
    ),
    "pain_management": Practice(
        (("207LP2900X",), ("207LP2900X", "207L00000X"), ("208VP0014X",), ("208VP0000X",), ("2084P2900X",)),
        ("MD", "MD", "MD", "DO"),
        True,
        ("chronic-back-pain", *_NERVE_ROOT, "facet-joint-syndrome", "failed-back-surgery-syndrome",
         "lumbar-spinal-stenosis", "sacroiliac-joint-dysfunction", "vertebrogenic-low-back-pain",
         "complex-regional-pain-syndrome",
         "discogenic-low-back-pain", "vertebral-compression-fracture", "chronic-pain-syndrome",
         "postherpetic-neuralgia", "occipital-neuralgia", "coccydynia", "arachnoiditis", "tarlov-cyst"),
        ("epidural_steroid_injection", "facet_injection", "medial_branch_block", "radiofrequency_ablation",
         "sacroiliac_injection", "spinal_cord_stimulator", "nerve_block", "trigger_point_injection",
         "basivertebral_nerve_ablation", "nerve_pain_medicine", "intrathecal_pump", "vertebroplasty"),
    ),
    "physical_therapist": Practice(
        (("225100000X",), ("225100000X",), ("2251X0800X",), ("2251S0007X",), ("225100000X", "2251X0800X")),
        ("DPT", "DPT", "PT"),
        False,
        (*_EVERYDAY, "herniated-disc", "lumbar-strain", "poor-posture", "lumbar-spinal-stenosis",
         "sacroiliac-joint-dysfunction", "whiplash", "cervical-radiculopathy", "scoliosis", "piriformis-syndrome",
         "adolescent-idiopathic-scoliosis", "pelvic-girdle-pain", "postpartum-back-pain", "kyphosis",
         "ankylosing-spondylitis",
         "osteoporosis", "cervicogenic-headache"),
        ("physical_therapy", "exercise_therapy", "manual_therapy", "mckenzie_method", "posture_training",
         "dry_needling", "traction", "aquatic_therapy", "tens", "schroth_method", "ergonomics"),
    ),
    "occupational_therapist": Practice(
        (("225X00000X",), ("225X00000X",), ("225XE1200X",), ("225XP0019X",)),
        ("OTR", "OT"),
        False,
        ("low-back-pain", "chronic-back-pain", "poor-posture", "neck-pain", "back-injury", "arthritis",
         "spinal-cord-injury", "complex-regional-pain-syndrome", "chronic-pain-syndrome", "fibromyalgia"),
        ("occupational_therapy", "ergonomics", "posture_training", "pain_rehabilitation_program", "exercise_therapy",
         "brace"),
    ),
    "rheumatologist": Practice(
        (("207RR0500X",), ("207RR0500X",), ("207RR0500X", "207R00000X")),
        ("MD", "MD", "DO"),
        True,
        ("ankylosing-spondylitis", "axial-spondyloarthritis", "psoriatic-spondylitis", "fibromyalgia",
         "rheumatoid-arthritis-spine", "sacroiliitis", "polymyalgia-rheumatica", "osteoporosis",
         "reactive-arthritis",
         "enteropathic-arthritis", "diffuse-idiopathic-skeletal-hyperostosis", "chronic-back-pain"),
        ("anti_inflammatory_medicine", "biologic_medicine", "osteoporosis_medicine"),
    ),
    "sports_medicine": Practice(
        (("207QS0010X",), ("207RS0010X",), ("207PS0010X",)),
        ("MD", "MD", "DO"),
        True,
        ("low-back-pain", "lumbar-strain", "back-muscle-spasm", "spondylolysis", "vertebral-stress-fracture",
         "sciatica", "neck-pain", "piriformis-syndrome", "back-injury", "sacroiliac-sprain"),
        ("exercise_therapy", "trigger_point_injection", "regenerative_injection", "anti_inflammatory_medicine",
         "laser_shockwave_ultrasound"),
    ),
    "neurologist": Practice(
        (("2084N0400X",),),
        ("MD", "MD", "DO"),
        True,
        (*_NERVE_ROOT, "myelopathy", "cervical-dystonia", "transverse-myelitis", "occipital-neuralgia",
         "chiari-malformation", "neurogenic-claudication", "postherpetic-neuralgia", "meralgia-paresthetica"),
        ("nerve_conduction_study", "nerve_pain_medicine", "spine_imaging", "botulinum_toxin"),
    ),
    "pain_psychologist": Practice(
        (("103TC0700X",), ("103TH0004X",)),
        ("PhD", "PsyD"),
        False,
        ("chronic-back-pain", "chronic-pain-syndrome", "fibromyalgia", "low-back-pain",
         "failed-back-surgery-syndrome", "complex-regional-pain-syndrome"),
        ("cognitive_behavioral_therapy", "mindfulness_biofeedback", "pain_rehabilitation_program"),
    ),
    "acupuncturist": Practice(
        (("171100000X",),),
        ("LAc",),
        False,
        ("low-back-pain", "neck-pain", "chronic-back-pain", "sciatica", "myofascial-pain-syndrome", "fibromyalgia",
         "lumbar-strain"),
        ("acupuncture", "dry_needling", "massage"),
    ),
}  # fmt: skip

INSURERS = (
    ("medicare", 78), ("medicare_advantage", 42), ("medicaid", 48), ("tricare", 22), ("va", 14),
    ("workers_compensation", 40), ("auto_injury", 26), ("aetna", 58), ("bcbs", 74), ("cigna", 54),
    ("unitedhealthcare", 60), ("humana", 38), ("self_pay", 52),
)  # fmt: skip
"""Insurer codes, each with the share in percent of practices that state any insurance and take it."""
REGIONAL_INSURERS: dict[str, tuple[str, ...]] = {
    "CA": ("kaiser",), "CO": ("kaiser",), "HI": ("kaiser",), "GA": ("kaiser", "anthem"), "OR": ("kaiser",),
    "WA": ("kaiser", "molina"), "PA": ("upmc", "geisinger"), "MA": ("harvard_pilgrim",), "NH": ("harvard_pilgrim",),
    "NY": ("emblemhealth", "healthfirst"), "OH": ("medical_mutual", "anthem"), "FL": ("oscar", "molina"),
    "TX": ("molina", "oscar"), "MI": ("molina",), "MO": ("anthem",),
}  # fmt: skip
"""Insurer codes that are common in some states only."""
AGE_GROUPS = ("child", "adolescent", "adult", "older_adult")
ACCESSIBILITY = ("adacomp", "handiaccess", "pubtrans", "mobility", "anssrvc", "cultcomp", "cognitive")
