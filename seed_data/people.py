"""Names of invented people: given and family names drawn from the same tradition, then put together by chance."""

from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from directory.domain.facts import Gender
from directory.domain.practitioner import PersonName, Practitioner


class Tradition(NamedTuple):
    """Names that go together. `share` is how often it is drawn, `language` what some of its people speak."""

    share: int
    language: str
    women: str
    men: str
    families: str


_TRADITIONS = (
    Tradition(
        34,
        "",
        "Abigail Audrey Bridget Claire Dana Eleanor Erin Fiona Grace Hannah Holly Joan Kate Laurel Maeve Meredith "
        "Nora Paige Rosalind Siobhán Tess Willa",
        "Adam Brendan Caleb Colin Declan Duncan Elliott Everett Garrett Graham Hugh Ian Joel Keith Liam Miles "
        "Nathan Owen Peter Reid Seán Wesley",
        "Abernathy Ashcombe Backus Bellweather Blackwood Brannigan Carrow Castleberry D'Arcy Dunleavy Eastbrook "
        "Fairweather Fitzgerald-Moore Galbraith Hathersage Houston Kilbride Larkin-Shaw Lockridge MacTavish "
        "McAllister McDonagh Northcutt O'Brien O'Callaghan O'Shaughnessy Payne Pemberton-Hale Quillfeather "
        "Ravensworth Stonebridge Thackery Underhill Wainwright Whitlock Winterbourne",
    ),
    Tradition(
        20,
        "es",
        "Adriana Alma Beatriz Camila Carmen Catalina Dolores Elena Inés Isabel Itzel Jimena Lucía Marisol Noemí "
        "Paloma Pilar Rocío Sofía Xiomara Yolanda",
        "Agustín Alejandro Andrés Cristóbal Efraín Emilio Ernesto Gonzalo Hernán Ignacio Iván Joaquín José Mateo "
        "Óscar Rafael Ramón Raúl Saúl Tomás Víctor",
        "Acuña Alarcón Bermúdez Cárdenas Castañeda Colón de~la~Cruz de~León Echeverría Figueroa-Ríos Galván "
        "García-López Ibáñez Lebrón Marroquín Mondragón Muñiz Núñez Ocampo Peña Quiñones Quintanilla Rentería "
        "Saldaña Santos-Ortiz Treviño Urrutia Velásquez Yáñez Zamarripa Zúñiga",
    ),
    Tradition(
        11,
        "",
        "Aaliyah Amara Denise Ebony Imani Jada Keisha Latrice Monique Nia Simone Tamika Zora",
        "Andre Darius Demetrius Isaiah Jamal Kwame Malik Marcus Reginald Terrence Tyrone Xavier",
        "Baptiste Beauchamp Broussard Dubois-Grant Freeman-Tate Gaines Holloway Jeffries Larue Mayfield Okafor "
        "Pettigrew Rollins St.~Clair Tolliver Whitfield",
    ),
    Tradition(
        7,
        "zh",
        "Hui-Ling Jing Lan Mei Qiaoling Wenjing Xiulan Yan Ying",
        "Bowen Chen-Wei Guang Haoran Jian Ming Wei Xiang Zhiyuan",
        "Cao Deng Fang Gao Hsieh Kwong Liang Ouyang Qian Shao Tang Weng Xu Yuan Zheng",
    ),
    Tradition(
        6,
        "hi",
        "Ananya Deepa Ishani Kavita Lakshmi Meera Nandini Priya Sunita",
        "Aditya Anil Dev Harish Karthik Nikhil Rohan Sanjay Vikram",
        "Bhattacharya Chakravarty Deshpande Iyengar Krishnamurthy Mukherjee Nair Ranganathan Subramaniam Trivedi "
        "Venkataraman",
    ),
    Tradition(
        5,
        "vi",
        "Bích Diệu Hạnh Lan~Anh Ngọc Phương Thảo",
        "Bảo Dũng Hiếu Khánh Minh Quang Tuấn",
        "Đặng Dương Lê Nguyễn Phạm Trịnh Võ",
    ),
    Tradition(
        5,
        "ko",
        "Eun-Ji Hye-Jin Ji-Woo Min-Seo Soo-Yeon",
        "Dong-Hyun Jae-Won Joon Sang-Min Tae-Yang",
        "Bae Cho Gwon Hwang Moon Noh Seo Yoon",
    ),
    Tradition(
        4,
        "ar",
        "Amal Farah Hanan Layla Nour Rania Yasmin",
        "Bilal Faisal Hassan Karim Omar Tariq Ziad",
        "Abdel-Rahman Al-Khatib El-Amin Haddad Khoury Mansour Nasser Sabbagh",
    ),
    Tradition(
        3,
        "ru",
        "Anastasia Galina Irina Ludmila Oksana Tatiana",
        "Anatoly Boris Dmitri Grigory Leonid Yevgeny",
        "Baranov Gorbenko Kovalenko Levitsky Morozov-Stein Petrenko Shevchuk Zelenko-Katz",
    ),
    Tradition(
        3,
        "tl",
        "Analyn Jocelyn Liwayway Maricel Rosario",
        "Benigno Crisanto Danilo Isagani Rodel",
        "Bautista Catacutan Dimaculangan Macaraeg Pangilinan Villanueva-Tan",
    ),
    Tradition(
        2,
        "",
        "Agnieszka Björk Chloé Françoise Ingrid Małgorzata Solveig",
        "André Bjørn Günther Jürgen Łukasz Søren Wojciech",
        "Åkerström Bergström Côté Désrosiers Kowalczyk-Müller Lindqvist Øvergård Schröder Van~der~Berg Wiśniewski",
    ),
)
"""A tilde joins the words of one name."""
_INITIALS = "ABCDEFGHJKLMNPRSTVW"


@dataclass(frozen=True, slots=True)
class Person:
    """A name with gender and the language, besides English, that somebody of that name may speak, or ""."""

    name: PersonName
    gender: Gender
    language: str
    other_names: tuple[str, ...]


def namesake(of: Practitioner) -> Person:
    """Return somebody else of the same name."""
    return Person(of.name, of.gender, "", ())


@dataclass(slots=True)
class Registrar:
    """Gives out names, each once."""

    _taken: set[str] = field(default_factory=set)

    def person(self, rng: Random, *, spanish: bool) -> Person:
        """Return a new person; `spanish` for places where most people speak Spanish."""
        tradition = _TRADITIONS[1] if spanish and rng.random() < 0.6 else _drawn(rng)
        woman = rng.random() < 0.52
        given, family = self._free(tradition, rng, woman=woman)
        name = PersonName(given, family, _middle(rng), "", _suffix(rng, woman=woman))
        return Person(name, _gender(rng, woman=woman), tradition.language, _former(name, rng, woman=woman))

    def _free(self, tradition: Tradition, rng: Random, *, woman: bool) -> tuple[str, str]:
        while True:
            given = _drawn_name(tradition.women if woman else tradition.men, rng)
            family = _drawn_name(tradition.families, rng)
            if f"{given} {family}" not in self._taken:
                self._taken.add(f"{given} {family}")
                return given, family


def _drawn(rng: Random) -> Tradition:
    return rng.choices(_TRADITIONS, weights=[tradition.share for tradition in _TRADITIONS])[0]


def _drawn_name(names: str, rng: Random) -> str:
    return rng.choice(names.split()).replace("~", " ")


def _middle(rng: Random) -> str:
    return f"{rng.choice(_INITIALS)}." if rng.random() < 0.4 else ""


def _suffix(rng: Random, *, woman: bool) -> str:
    return rng.choice(("Jr.", "Jr.", "Sr.", "II", "III", "IV")) if not woman and rng.random() < 0.08 else ""


def _gender(rng: Random, *, woman: bool) -> Gender:
    lot = rng.random()
    if lot < 0.05:
        return Gender.UNKNOWN
    if lot < 0.07:
        return Gender.NONBINARY
    return Gender.FEMALE if woman else Gender.MALE


def _former(name: PersonName, rng: Random, *, woman: bool) -> tuple[str, ...]:
    if not woman or rng.random() > 0.08:
        return ()
    return (f"{name.given} {_drawn_name(_drawn(rng).families, rng)}",)
