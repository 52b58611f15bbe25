"""Bytes in many scripts and encodings are read as they were written, short or long, or are refused in words."""

import bz2
import gzip
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.text.decoding import REPLACEMENT, CorpusError, decode, known, readings

SAID = {  # a few plain sentences in each language, and the encodings in which they are written
    "Chinese": (
        "春天来了，花园里的花都开了。孩子们在树下玩，老人坐在门口喝茶。\n"
        "昨天晚上下了一场大雨，今天早上天气很好。我们一起去学校，老师给我们讲了一个故事。\n",
        ["gb18030", "gbk", "gb2312", "hz", "utf-16-le", "utf-16-be"],
    ),
    "Chinese, traditional": (
        "春天來了，花園裡的花都開了。孩子們在樹下玩，老人坐在門口喝茶。\n"
        "昨天晚上下了一場大雨，今天早上天氣很好。我們一起去學校，老師給我們講了一個故事。\n",
        ["big5", "cp950", "big5hkscs", "utf-16-le"],
    ),
    "Japanese": (
        "昨日は雨が降っていましたが、今日はとてもいい天気です。\n"
        "子どもたちは公園で遊んでいます。おじいさんはお茶を飲みながら新聞を読みました。\n",
        ["shift_jis", "cp932", "euc_jp", "iso2022_jp", "utf-16-le"],
    ),
    "Korean": (
        "어제는 비가 많이 왔지만 오늘은 날씨가 아주 좋습니다.\n아이들은 공원에서 놀고 할머니는 차를 마십니다.\n",
        ["euc_kr", "cp949", "utf-16-be"],
    ),
    "Russian": (
        "Вчера весь день шёл дождь, а сегодня светит солнце.\nДети играют в саду, бабушка пьёт чай у окна.\n",
        ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac_cyrillic", "utf-16-le"],
    ),
    "Ukrainian": (
        "Учора весь день ішов дощ, а сьогодні світить сонце.\nДіти граються в саду, а бабуся п'є чай біля вікна.\n",
        ["cp1251", "koi8-u"],
    ),
    "Greek": (
        "Χθες έβρεχε όλη τη μέρα, αλλά σήμερα έχει ήλιο.\nΤα παιδιά παίζουν στον κήπο και η γιαγιά πίνει τσάι.\n",
        ["cp1253", "iso8859-7"],
    ),
    "Hebrew": ("אתמול ירד גשם כל היום אבל היום יש שמש.\nהילדים משחקים בגן והסבתא שותה תה.\n", ["cp1255", "iso8859-8"]),
    "Arabic": (
        "أمس نزل المطر طوال اليوم ولكن اليوم الشمس مشرقة.\nالأطفال يلعبون في الحديقة والجدة تشرب الشاي.\n",
        ["cp1256", "iso8859-6"],
    ),
    "Thai": ("เมื่อวานฝนตกทั้งวันแต่วันนี้อากาศดี\nเด็กเล่นในสวนและคุณยายดื่มชา\n", ["cp874", "tis-620"]),
    "Finnish": (
        "Hän näki yötä myöten, että tyttö käveli pitkin jäätä.\nEilen satoi koko päivän, mutta tänään paistaa.\n",
        ["latin-1", "cp1252", "iso8859-15"],
    ),
    "German": (
        "Gestern hat es den ganzen Tag geregnet, heute scheint die Sonne über den Bäumen.\n"
        "Die Großmutter trinkt Tee und hört den Vögeln zu, während die Kinder größer werden.\n",
        ["latin-1", "cp1252", "cp850"],
    ),
    "French": (
        "Hier il a plu toute la journée, mais aujourd'hui le soleil brille déjà à la fenêtre.\n"
        "La grand-mère boit son thé près du garçon, et l'été n'est pas fini là-bas.\n",
        ["latin-1", "cp1252", "mac_roman", "cp850"],
    ),
    "Spanish": (
        "Ayer llovió todo el día, pero hoy brilla el sol y mañana irá la niña al jardín.\n"
        "¿Quién bebe té? La abuela lo bebió después de comer, ¡qué ilusión!\n",
        ["latin-1", "cp1252"],
    ),
    "Hungarian": (
        "Az őrült hegedűs fütyült, és tegnap egész nap esett az eső.\n"
        "A nagymama teát iszik, a gyerekek nőnek a kertben.\n",
        ["cp1250", "iso8859-2"],
    ),
    "Polish": (
        "Wczoraj przez cały dzień padał deszcz, ale dziś świeci słońce.\n"
        "Babcia pije herbatę, a dzieci bawią się w ogródku.\n",
        ["cp1250", "iso8859-2"],
    ),
    "Czech": (
        "Včera celý den pršelo, ale dnes svítí slunce na náš dům.\n"
        "Babička pije čaj a děti si hrají na zahradě u řeky.\n",
        ["cp1250", "iso8859-2"],
    ),
    "Turkish": (
        "Dün bütün gün yağmur yağdı, ama bugün güneş parlıyor.\n"
        "Büyükanne çay içiyor, çocuklar bahçede oynuyorlar, şimdi.\n",
        ["cp1254", "iso8859-9"],
    ),
    "Lithuanian": (
        "Vakar visą dieną lijo, bet šiandien šviečia saulė.\n"
        "Močiutė geria arbatą, o vaikai žaidžia kieme prie ežero.\n",
        ["cp1257"],
    ),
    "English with a dash": ("He came--at last\x97and went away.\n", ["latin-1"]),  # 0x97 is a dash in cp1252 alone
}
CASES = [(language, encoding) for language, (_, encodings) in SAID.items() for encoding in encodings]


def wanted(language):
    """What is to be read: cp1252's dash where one wrote a control character."""
    return SAID[language][0].replace("\x97", "—")


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_page_is_read_as_it_was_written(language, encoding):
    text = SAID[language][0] * 6
    assert decode(text.encode(encoding)).text == wanted(language) * 6


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_book_is_read_wherever_a_sample_of_it_ends(language, encoding):
    text = SAID[language][0]
    many = 1 + 220_000 // len(text.encode(encoding))
    for begin in ("", "a"):  # one byte more, and every sample of fixed length is cut elsewhere
        assert decode((begin + text * many).encode(encoding)).text == begin + wanted(language) * many


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_book_cut_in_the_middle_of_a_character_loses_that_one_only(data):
    language, encoding = data.draw(
        st.sampled_from([case for case in CASES if not case[1].startswith(("hz", "iso2022"))])
    )
    whole = (SAID[language][0] * 40).encode(encoding)
    end = data.draw(st.integers(len(whole) // 2, len(whole)))
    text = decode(whole[:end]).text
    assert (wanted(language) * 40).startswith(text.rstrip(REPLACEMENT))
    assert len(text.rstrip(REPLACEMENT)) >= len(text) - 2


def told_or_read(data):
    """What is said where the bytes are no text, and None; or nothing, and what was read."""
    try:
        return "", decode(data)
    except CorpusError as error:
        return str(error), None


TEXT_ENCODINGS = [
    *("ascii", "big5", "big5hkscs", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("cp1258", "cp437", "cp850", "cp852", "cp866", "cp874", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030"),
    *(
        "gb2312",
        "gbk",
        "hz",
        "iso2022_jp",
        "iso2022_kr",
        "iso8859_1",
        "iso8859_2",
        "iso8859_3",
        "iso8859_5",
        "iso8859_6",
    ),
    *("iso8859_7", "iso8859_9", "iso8859_10", "iso8859_13", "iso8859_15", "iso8859_16", "koi8_r", "koi8_u", "latin_1"),
    *(
        "mac_cyrillic",
        "mac_greek",
        "mac_latin2",
        "mac_roman",
        "shift_jis",
        "tis_620",
        "utf_16",
        "utf_16_be",
        "utf_16_le",
    ),
    *("utf_32", "utf_32_be", "utf_32_le", "utf_7", "utf_8", "utf_8_sig"),
]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_an_encoding_can_write_comes_back_when_it_is_named_and_never_fails_without_a_sentence(data):
    encoding = data.draw(st.sampled_from(TEXT_ENCODINGS))
    language = data.draw(st.sampled_from(sorted(SAID)))
    text = wanted(language) * data.draw(st.integers(1, 30))
    written = text.encode(encoding, "ignore").decode(encoding)
    assert decode(text.encode(encoding, "ignore"), encoding).text.lstrip("\ufeff") == written.lstrip("\ufeff")
    sentence, read = told_or_read(text.encode(encoding, "ignore"))
    assert sentence.endswith(".") if read is None else read.encoding == known(read.encoding)


@given(st.binary(max_size=3_000))
@settings(deadline=None)
def test_any_bytes_are_a_text_or_one_sentence(data):
    sentence, read = told_or_read(data)
    if read is None:
        assert sentence.endswith(".")
        assert "\n" not in sentence
    else:
        assert all(note.endswith(".") for note in read.notes)
        assert known(read.encoding)


def packed(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "text " * 200)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + b"text " * 500, "a PDF"),
        (packed("[Content_Types].xml", "word/document.xml"), "a packed file"),
        (gzip.compress(b"A text. " * 500), "a compressed file (.gz)"),
        (bz2.compress(b"A text. " * 500), "a compressed file (.bz2)"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4, "a picture"),
        (b"{\\rtf1\\ansi " + b"hello " * 100 + b"}", "an RTF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office file"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,  # packed files hold the time of day
)
def test_what_is_no_plain_text_is_refused_with_what_to_do(data, kind):
    with pytest.raises(CorpusError, match="bring") as refused:
        decode(data)
    assert kind in str(refused.value)


def test_a_few_zero_bytes_are_dropped_and_named():
    page = b"He came at last and went away.\n" * 400
    text, encoding, notes = decode(page[:5_000] + b"\0\0" + page[5_000:])
    assert text == page.decode()
    assert encoding == "utf-8"
    assert notes == ["2 zero bytes were dropped."]


def test_a_few_zero_bytes_do_not_hide_a_legacy_encoding():
    page = ("Die Großmutter hört den Vögeln zu.\n" * 400).encode("cp1252")
    assert decode(page[:5_000] + b"\0" + page[5_000:]).text == page.decode("cp1252")


def test_many_zero_bytes_are_no_text():
    with pytest.raises(CorpusError, match="zero bytes"):
        decode(b"a\0b" * 500)


@pytest.mark.parametrize("place", [0, 100_000, 199_000])
def test_one_dash_in_a_long_book_makes_it_no_other_language(place):
    book = "He came at last and went away, and nobody saw him again.\n" * 3_600
    written = (book[:place] + "—" + book[place:]).encode("cp1252")
    assert decode(written).text == written.decode("cp1252")


def test_the_likeliest_encodings_are_listed_with_what_they_would_read():
    listed = readings(("Az őrült hegedűs fütyült.\n" * 20).encode("cp1250"))
    assert listed[0] == ("cp1250", "Az őrült hegedűs fütyült.\nAz őrült hegedűs fütyült.")
    assert len({lines for _, lines in listed}) == len(listed) > 1


def test_an_encoding_that_is_named_overrules_the_guess():
    written = "ő és ű".encode("cp1250") * 30
    assert decode(written, "latin-1").text == "õ és û" * 30
    with pytest.raises(CorpusError, match="No encoding is called 'klingon'"):
        decode(written, "klingon")


@pytest.mark.parametrize("name", ["base64", "rot13", "zip", "idna-x", "", "../etc"])
def test_what_is_no_text_encoding_cannot_be_named(name):
    with pytest.raises(CorpusError, match="No encoding"):
        known(name)
