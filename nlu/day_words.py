"""Words of days and times in one spelling: regional languages, slang and recognition errors, keyed after normalisation.

They are private to the grammars of days and times: "kalih" is *two* there and *with* everywhere else.
"""

from __future__ import annotations

ONES = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
WEEKDAYS = ["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
MONTHS = "januari februari maret april mei juni juli agustus september oktober november desember".split()
ENGLISH_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ENGLISH_MONTHS = "january february march april may june july august september october november december".split()

_DAYS = {
    "senin": "senen, sinin, enin, senneng, sinayan, sinanyan",
    "selasa": "slasa, salasa, seloso, selaso, salaso, sloso, slase, selase",
    "rabu": "rebo, rebu, rabo, rambu, raba'a, arba",
    "kamis": "kemis, kemmis, kammis, gamis, kamih, kemes, khamis",
    "jumat": "jum'at, jemuah, jumah, jumaah, jumahat, jumu'ah, jumuah, jemuwah, jemaat, jumaat, jumaik, jemat, cumat, jumad, jemahat",
    "sabtu": "setu, saptu, sattu, saptuh, sebtu",
    "minggu": "ahad, ngahad, ahat, mingku, mingguh, mingu, mgg, minggo",
    "malam minggu": "malming, malmingan, satnight",
    "weekend": "wiken, wikend, wekend, weeken",
}
_RELATIVE = {
    "besok": "beso, bsok, bsk, besog, besuk, bisok, bosok, pesok, esok, besk, bisuak, barisuak, bisuk, benjang, benjing, mbenjang, "
    "mbenjing, ngenjang, ngenjing, ngesuk, ngesok, sesuk, mbesuk, suk, mene, jemaq, jemak, jemah, lagguk, laggu, lagghu, lagghuk, "
    "singoh, marsogot, jemoh, jewu, isuk, isukan, enjing",
    "lusa": "pageto, emben, mben, lusah, losa, lus, lusaq, haduan, sangadi, overmorgen",
    "tulat": "telun",
    "kemarin": "kemaren, kmrn, wingi, wingine, kamari, kapatang, kamarin, kemar, kemarn, kmarin, kemarennya, bari', nantoari",
    "semalam": "semalem, samalam, smalem, smalam",
    "sekarang": "skarang, skrg, skg, saiki, ayeuna, ayena, kini, sekareng, sakniki, sakniko, seniki, mangkin niki",
    "tadi": "wau, td, tade, ghellak, tadik",
    "barusan": "baruan, brusan, barusaja",
    "nanti": "mengko, mengke, ngko, ngkok, engko, engkok, engke, mangke, mangkin, mangko, dhaggi, dhaggik, daggi, daggik, kaina, kagek, "
    "agek, gek, kendia, kejap, beko, bekok, nyanan, tar, ntar, ntr, ntaran, entar, entaran, nantian, nantipi",
    "hari": "dina, dinten, ndina, ndino, dino, poe, are, hali, haria",
    "harian": "dintenan",
    "bulan": "wulan, sasi, sasih, bulang, bln, bulen, bolan",
    "tahun": "taun, thn, taon",
    "tanggal": "kaping, ping, tgl, tangal, tanggel, tangga, tggl, tanggla, tangall, tangkal, tanggalan, tal",
    "akhir": "ahir, akir, akhia, pungkasan, hir, air, akher, aher",
    "awal": "wiwitan, awl, awwal",
    "pertengahan": "tengahan, pertengahn, petengahan",
    "depan": "depa, dempan, dpn, depang, depn",
    "seminggu": "smingu, smingguh, sminggu, seminggo, saminggu, sepekan",
    "sebulan": "sabulan, sesasi, sawulan, sewulan, sasasih",
    "sehari": "sadinten, sedina, sapoe, sahari",
    "setahun": "sataun, setaun",
    "sejam": "sejem, sajam, sejaman, sejamn",
    "jam": "tabuh, kol, pukua, pukul, poh, jem, jm",
    "natal": "christmas, xmas",
    "lebaran": "idul fitri, idulfitri, lebaranan, riyaya, riyoyo, bodho, bada",
    "gajian": "gaji, gajihan, bayaran, payday, gajiannya",
}
_PARTS = {
    "pagi": "esuk, enjang, beungoh, pagian, pagi pagi",
    "siang": "awan, siangan, tengari",
    "sore": "sonten, petang, sor, kamarian, sorean, soree, arvo",
    "malam": "malem, mlm, bengi, wengi, dalu, maleman, malaman, mlem, peuting, sanja, malm",
}
_NUMERALS = {
    "satu": "siji, setunggal, hiji, ciek, settong, besik, sat u, sepisan, sekek",
    "dua": "loro, rong, duo, dhuwa, duwa, dhua",
    "tiga": "telu, telung, tigang, tilu, tigo, tello, tellu, tallu, tig, tige",
    "empat": "papat, sekawan, opat, ampek, ampat, ampa, empa, empak, kawan dasa",
    "lima": "limo, gangsal, limang, lema, lime, limong",
    "enam": "nem, enem, genep, anam, ennem",
    "tujuh": "pitu, pitung, tujuah, petto, tujoh, tuju, pituk",
    "delapan": "wolu, wolung, dalapan, lapan, dlapan, ballu, walu, kutus, delapn",
    "sembilan": "songo, sanga, sangang, salapan, sambilan, sambilang, semilan, semblan, sembilang, sikureueng, siwak",
    "sepuluh": "sedoso, sedasa, sapuluh, sapuluah, sepulu, spuluh, sapolo, siploh, sepulo, sepuloh",
    "sebelas": "sewelas, sabelas, sabaleh, sawalas, seblas, sblas",
    "dua belas": "rolas, duablas, dublas, du belas, roras",
    "tiga belas": "telulas", "empat belas": "patbelas, patblas, pat belas", "lima belas": "limolas, limalas",
    "enam belas": "nembelas", "tujuh belas": "pitulas", "delapan belas": "wolulas", "sembilan belas": "songolas, sangalas",
    "dua puluh satu": "selikur, salikur", "dua puluh dua": "rolikur, kalihlikur", "dua puluh tiga": "telulikur",
    "dua puluh empat": "patlikur", "dua puluh lima": "selawe, salawe, selae, salawi, slawe, dulima", "dua puluh enam": "nemlikur, dunem, dua nem",
    "dua puluh tujuh": "pitulikur", "dua puluh delapan": "wolulikur, dulapan, dudelapan", "dua puluh sembilan": "songolikur, sangalikur",
    "belas": "welas, blas, baleh, bellas, walas, belasan",
    "puluh": "pulu, puloh, puluah, dasa, doso, puluhan, pulo",
    "ratus": "atus, ratuih, ratos",
    "setengah": "satengah, stengah, setenga, stenga, stgh, setengh",
    "seperempat": "seprapat, saparapat, seperapat, sprapat",
}  # fmt: skip
_MONTHS = {
    "januari": "jan, janwari, januwari, jenuari", "februari": "feb, pebruari, febuari, pebuari, pebwari", "maret": "mar",
    "april": "apr", "juni": "jun", "juli": "jul", "agustus": "agt, agu, agst, agustusan", "september": "sep, sept, septembr",
    "oktober": "okt", "november": "nov, nopember", "desember": "des, desembr, desembar",
}  # fmt: skip
_ENGLISH_MONTHS = {
    "january": "jan", "february": "feb", "march": "mar", "april": "apr", "june": "jun", "july": "jul", "august": "aug",
    "september": "sept, sep", "october": "oct", "november": "nov", "december": "dec",
}  # fmt: skip
_ENGLISH = {
    "tomorrow": "tmr, tmrw, tmw, tomoro, tomorow, tommorow, tommorrow, tomorrows, morrow, to morrow, too morrow, two morrow, tomoz",
    "tonight": "tonite, two night, too night, to night",
    "yesterday": "yes today, yesterdays, ytd, yester day",
    "monday": "mondays, mon day", "tuesday": "tues, tue, tuesdays, tues day, choose day, two's day", "saturday": "satur day, saturdays",
    "wednesday": "weds, wednes day, wends day, wednesdays, wensday, when's day", "thursday": "thurs, thur, thu, thurs day, thirst day, thursdays, thirsty day",
    "friday": "fri, fry day, fri day, fridays, free day, fried day", "sunday": "sundays, sun day, son day",
    "week": "wick, weak, weeks'", "month": "monf, munth, mouth", "weekend": "wkend, week end",
    "morning": "mourning", "afternoon": "arvo, after noon", "fortnight": "fort night, fourteen nights",
    "first": "force, fur stop", "quarter": "quater", "half": "haff, harf", "past": "pass", "o'clock": "oclock, o clock, clock",
    "twenty": "twin tea, twenny, twenti", "thirty": "tirty, thirdy", "thirtieth": "thirty eth", "twentieth": "twenty eth",
    "three": "tree", "five": "fife", "eight": "ate", "day after tomorrow": "day after to morrow, overmorrow",
}  # fmt: skip


def _by_variant(*tables: dict[str, str]) -> dict[str, str]:
    return {variant.strip(): form for table in tables for form, variants in table.items() for variant in variants.split(",")}


def _compounds() -> dict[str, str]:
    """Numerals that were run together: "limabelas", "duajam", "tanggalima"."""
    found: dict[str, str] = {}
    for one in ONES:
        found |= {
            one + tail: f"{one} {tail}" for tail in ("belas", "puluh", "ratus", "hari", "minggu", "bulan", "jam", "menit")
        }
        found |= {f"{one}blas": f"{one} belas", f"{one}pulu": f"{one} puluh", f"jam{one}": f"jam {one}"}
        found |= {f"tanggal{one}": f"tanggal {one}", f"tgl{one}": f"tanggal {one}"}
    found["tanggalima"] = "tanggal lima"
    found |= {ten + one: f"{ten} {one}" for ten in ("dua", "tiga") for one in ONES}
    return {run: form for run, form in found.items() if run != form}


INDONESIAN_FORMS = _by_variant(_DAYS, _RELATIVE, _PARTS, _NUMERALS, _MONTHS) | _compounds()
ENGLISH_FORMS = _by_variant(_ENGLISH_MONTHS, _ENGLISH, {"malam": "malem", "besok": "bsk, besuk, esok", "tanggal": "tgl"})
STEMS = {word for form in (*INDONESIAN_FORMS.values(), *WEEKDAYS, *MONTHS) for word in form.split()} | {
    "minggu",
    "lagi",
    "lalu",
}
SOUNDING = {
    *WEEKDAYS,
    *MONTHS,
    "besok",
    "kemarin",
    "tanggal",
    "akhir",
    "sekarang",
    "empat",
    "tujuh",
    "sembilan",
    "sepuluh",
    "sebelas",
}
"""Words that are long and peculiar enough to be known by their sound alone."""
NOT_BY_SOUND = {"pulang", "busuk", "seneng", "akhirnya", "tujuan"}
