"""Brokers of messages.

nats-py: its README. aiokafka: aiokafka.readthedocs.io, "API Documentation". aiomqtt:
aiomqtt.bo3hm.com. aio-pika: docs.aio-pika.com. aiosmtplib: aiosmtplib.readthedocs.io.
"""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_NATS = "nats.aio.client.Client()"
_JETSTREAM = "nats.js.client.JetStreamContext()"
_PIKA = "aio_pika.RobustConnection()"
_PIKA_CHANNEL = "aio_pika.Channel()"
_PIKA_QUEUE = "aio_pika.Queue()"
_PIKA_EXCHANGE = "aio_pika.Exchange()"

OUTLINES: dict[str, Outline] = {
    "nats": Outline("connect", {".connect().<awaited>": _NATS}),
    _NATS: Outline(
        "close connect drain flush publish request subscribe", {".jetstream()": _JETSTREAM}
    ),
    _JETSTREAM: Outline("add_stream delete_stream publish pull_subscribe subscribe"),
    "aiokafka.AIOKafkaProducer()": Outline(
        "abort_transaction begin_transaction commit_transaction flush send send_and_wait start stop"
    ),
    "aiokafka.AIOKafkaConsumer()": Outline(
        "commit committed end_offsets getmany getone position seek_to_beginning seek_to_committed"
        " seek_to_end start stop"
    ),
    "aiomqtt.Client()": Outline("publish subscribe unsubscribe"),
    "aio_pika": Outline(
        "connect connect_robust",
        {".connect().<awaited>": _PIKA, ".connect_robust().<awaited>": _PIKA},
    ),
    _PIKA: Outline("close", {".channel()": _PIKA_CHANNEL}),
    _PIKA_CHANNEL: Outline(
        "close declare_exchange declare_queue get_exchange get_queue set_qos",
        {".<awaited>": _PIKA_CHANNEL, ".default_exchange": _PIKA_EXCHANGE,
         ".declare_queue().<awaited>": _PIKA_QUEUE,
         ".declare_exchange().<awaited>": _PIKA_EXCHANGE},
    ),
    _PIKA_QUEUE: Outline("bind cancel consume delete get purge unbind"),
    _PIKA_EXCHANGE: Outline("bind delete publish unbind"),
    "aiosmtplib": Outline("send"),
    "aiosmtplib.SMTP()": Outline("connect ehlo login quit send_message sendmail starttls"),
}  # fmt: skip
