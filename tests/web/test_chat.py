"""The same script in writing: a webhook in, text out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from voicebot.campaign.accounts import import_accounts
from voicebot.core.settings import Settings
from voicebot.core.tables import Account, Chat, ChatMessage, Consent, Dispute, Person, PhoneNumber, Promise
from voicebot.web.app import make_app

pytestmark = pytest.mark.database
HEADERS = {"Authorization": "Bearer key-for-tests"}


@pytest.fixture
def client(sessions: sessionmaker[Session], database_url: str, portfolio: Path, tmp_path: Path) -> Iterator[TestClient]:
    with sessions.begin() as session:
        import_accounts(session, portfolio)
    settings = Settings(data_dir=tmp_path, api_key="key-for-tests")  # pyright: ignore[reportCallIssue]
    with TestClient(make_app(settings, database_url), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def number(client: TestClient, sessions: sessionmaker[Session]) -> str:
    with sessions() as session:
        person = session.scalars(select(Person).where(Person.language == "id").order_by(Person.id)).first()
        assert person is not None
        return person.numbers[0].e164


def write(client: TestClient, number: str, text: str, **more: Any) -> dict[str, Any]:
    response = client.post("/api/chat", json={"from": number, "text": text, **more}, headers=HEADERS)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_promise_in_writing(client: TestClient, number: str, sessions: sessionmaker[Session]) -> None:
    greeting = write(client, number, "halo")["reply"]
    assert "Percakapan ini kami simpan" in greeting
    assert not any(word in greeting.lower() for word in ("tagihan", "rp", "bayar", "cicilan"))
    assert "Kapan" in write(client, number, "iya saya sendiri")["reply"]
    assert "Apakah sudah benar?" in write(client, number, "besok saya bayar penuh")["reply"]
    write(client, number, "iya betul")
    reply = write(client, number, "tidak ada, terima kasih")
    while not reply["ended"]:
        reply = write(client, number, "tidak ada, terima kasih")
    with sessions() as session:
        promise = session.scalars(select(Promise)).one()
        assert promise.amount == session.get_one(Account, promise.account_id).amount_due
        chat = session.scalars(select(Chat)).one()
        assert (chat.party, chat.outcome) == ("right_party", "promise_to_pay")
        assert chat.ended_at is not None
        assert all(message.because for message in chat.messages if message.speaker == "bot")


def test_a_message_that_is_delivered_twice_is_answered_once(
    client: TestClient, number: str, sessions: sessionmaker[Session]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: write(client, number, "halo", id="wamid.1"), range(4)))
    assert len({reply["reply"] for reply in replies}) == 1
    with sessions() as session:
        assert len(session.scalars(select(ChatMessage)).all()) == 2


@pytest.mark.parametrize(
    "text", ["berapa tagihan saya?", "saya mau bayar besok lima ratus ribu", "ini soal utang ya", "2", "bukan"]
)
def test_no_word_of_the_debt_before_the_writer_has_said_who_they_are(client: TestClient, number: str, text: str) -> None:
    for _ in range(6):
        reply = write(client, number, text)
        assert not any(word in reply["reply"].lower() for word in ("tagihan", "rp", "bayar", "cicilan", "pinjaman"))
        if reply["ended"]:
            break


def test_a_wish_not_to_be_called_counts_at_once(client: TestClient, number: str, sessions: sessionmaker[Session]) -> None:
    assert write(client, number, "jangan telepon saya lagi")["ended"]
    with sessions() as session:
        assert session.scalars(select(Consent)).one().granted is False


def test_a_dispute_stops_the_account(client: TestClient, number: str, sessions: sessionmaker[Session]) -> None:
    for text in ("halo", "iya saya sendiri", "jumlahnya salah", "seharusnya cuma tiga ratus ribu"):
        reply = write(client, number, text)
    assert reply["ended"]
    with sessions() as session:
        dispute = session.scalars(select(Dispute)).one()
        assert dispute.kind == "dispute_amount"
        assert session.get_one(Account, dispute.account_id).status == "disputed"
    assert "belum terdaftar" in write(client, number, "halo")["reply"]


def test_strangers_learn_nothing_and_wrong_use_is_told(client: TestClient, number: str) -> None:
    assert "belum terdaftar" in write(client, "081299999999", "halo")["reply"]
    assert client.post("/api/chat", json={"from": number, "text": "halo"}).status_code == 401
    for body in ({"from": "abc", "text": "x"}, {"from": number, "text": ""}, {"from": number}, {"text": "x"}):
        response = client.post("/api/chat", json=body, headers=HEADERS)
        assert response.status_code == 422
        assert number not in response.text


def test_a_number_known_as_wrong_is_a_stranger(client: TestClient, number: str, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        for known in session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == number)):
            known.status = "wrong"
    assert "belum terdaftar" in write(client, number, "halo")["reply"]
