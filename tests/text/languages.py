"""A few plain sentences in many languages, of our own making, and the encodings in which each is written."""

import codecs
from encodings.aliases import aliases

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
    "Vietnamese": (
        # with tones apart, as cp1258 writes them
        "Hôm qua trơ\u0300i mưa ca\u0309 nga\u0300y, nhưng hôm nay trơ\u0300i nă\u0301ng đe\u0323p.\n"
        "Bo\u0323n tre\u0309 chơi trong vươ\u0300n, ba\u0300 uô\u0301ng tra\u0300 bên cư\u0309a sô\u0309.\n",
        ["cp1258"],
    ),
    "Romanian": (
        "Ieri a plouat toată ziua, dar astăzi soarele străluceşte şi e cald pe câmpii.\n"
        "Bunica bea ceai lângă fereastră, iar copiii se joacă în grădină, fraţii şi ei.\n",
        ["cp1250", "iso8859-2"],
    ),
    "Icelandic": (
        "Í gær rigndi allan daginn, en í dag skín sólin á húsið þitt.\n"
        "Amma drekkur te og börnin leika sér úti í garði, það er gott veður.\n",
        ["latin-1", "cp1252", "mac_iceland"],
    ),
    "Danish": (
        "I går regnede det hele dagen, men i dag skinner solen på søen.\n"
        "Bedstemor drikker te, og børnene leger på græsset ved åen.\n",
        ["latin-1", "cp1252", "cp865", "cp850"],
    ),
    "Swedish": (
        "I går regnade det hela dagen, men i dag skiner solen över sjön.\n"
        "Mormor dricker te och barnen leker på ängen bredvid ån.\n",
        ["latin-1", "cp1252"],
    ),
    "Portuguese": (
        "Ontem choveu o dia todo, mas hoje o sol já brilha e amanhã não fará frio.\n"
        "A avó bebe chá à janela e as crianças brincam no jardim, é um coração bom.\n",
        ["latin-1", "cp1252", "cp860"],
    ),
    "Italian": (
        "Ieri è piovuto tutto il giorno, ma oggi c'è già il sole e perciò la città è più bella.\n"
        "La nonna beve il tè, però i bambini giocano in giardino finché è chiaro.\n",
        ["latin-1", "cp1252"],
    ),
    "Estonian": (
        "Eile sadas terve päeva vihma, aga täna paistab päike üle järve.\n"
        "Vanaema joob teed ja lapsed mängivad õues, kõik on rõõmsad.\n",
        ["cp1257", "iso8859-15"],
    ),
    "Latvian": (
        "Vakar visu dienu lija, bet šodien spīd saule pār ezeru.\n"
        "Vecmāmiņa dzer tēju, un bērni spēlējas dārzā pie mājas.\n",
        ["cp1257", "iso8859-13"],
    ),
    "Bulgarian": (
        "Вчера цял ден валя дъжд, а днес грее слънце над къщата.\n"
        "Децата играят в градината, а баба пие чай до прозореца.\n",
        ["cp1251", "iso8859-5", "cp855"],
    ),
    "Serbian": (
        "Јуче је цео дан падала киша, а данас сија сунце над кућом.\n"
        "Деца се играју у башти, а бака пије чај поред прозора.\n",
        ["cp1251", "iso8859-5"],
    ),
    "Kazakh": (
        "Кеше күні бойы жаңбыр жауды, ал бүгін күн жарқырап тұр.\n"
        "Балалар бақта ойнап жүр, әжем терезенің жанында шай ішіп отыр.\n",
        ["kz1048", "ptcp154"],
    ),
    "Persian": (
        "دیروز تمام روز باران می‌بارید ولی امروز آفتاب می‌تابد.\nبچه‌ها در باغ بازی می‌کنند و مادربزرگ چای می‌نوشد.\n",
        ["utf-16-le"],
    ),
    "Urdu": (
        "کل سارا دن بارش ہوتی رہی مگر آج دھوپ نکلی ہے۔\nبچے باغ میں کھیل رہے ہیں اور دادی چائے پی رہی ہیں۔\n",
        ["utf-16-le"],
    ),
    "Hindi": ("कल पूरे दिन बारिश हुई, लेकिन आज धूप निकली है।\nबच्चे बगीचे में खेल रहे हैं और दादी चाय पी रही हैं।\n", ["utf-16-be"]),
    "Bengali": ("গতকাল সারাদিন বৃষ্টি হয়েছিল, কিন্তু আজ রোদ উঠেছে।\nশিশুরা বাগানে খেলছে আর ঠাকুমা চা খাচ্ছেন।\n", ["utf-16-le"]),
    "Tamil": ("நேற்று நாள் முழுவதும் மழை பெய்தது, இன்று வெயில் அடிக்கிறது.\nகுழந்தைகள் தோட்டத்தில் விளையாடுகிறார்கள்.\n", ["utf-16-le"]),
    "Georgian": (
        "გუშინ მთელი დღე წვიმდა, დღეს კი მზე ანათებს.\nბავშვები ბაღში თამაშობენ, ბებია ჩაის სვამს.\n",
        ["utf-16-le"],
    ),
    "Armenian": (
        "Երեկ ամբողջ օրը անձրև էր, իսկ այսօր արև է։\nԵրեխաները խաղում են այգում, տատիկը թեյ է խմում։\n",
        ["utf-16-be"],
    ),
    "Amharic": ("ትናንት ቀኑን ሙሉ ዝናብ ዘነበ፣ ዛሬ ግን ፀሐይ ወጣች።\nልጆች በአትክልቱ ውስጥ ይጫወታሉ።\n", ["utf-16-le"]),
    "Emoji": (
        "Good morning 🌞! Tea 🍵 in the garden 🌷, then rain 🌧️.\nGood night 🌙, sleep well 😴.\n",
        ["utf-16-le", "utf-32-be"],
    ),
    "English with a dash": ("He came--at last\x97and went away.\n", ["latin-1"]),  # 0x97 is a dash in cp1252 alone
}
CASES = [(language, encoding) for language, (_, encodings) in SAID.items() for encoding in encodings]


def wanted(language):
    """What is to be read: cp1252's dash where one wrote a control character."""
    return SAID[language][0].replace("\x97", "—")


def writes(encoding, text):
    """Whether an encoding is there, is one of texts, and has all characters of a text."""
    try:
        text.encode(encoding)
    except (LookupError, UnicodeError):
        return False
    return True


ENCODINGS = sorted({codecs.lookup(name).name for name in aliases.values() if writes(name, "")})  # all that Python has
