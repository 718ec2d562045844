"""Clients of databases.

SQLAlchemy: docs.sqlalchemy.org, "Asynchronous I/O (asyncio)". redis-py: redis.readthedocs.io,
"Asyncio Examples"; a command of a pipeline is only queued, so that of a pipeline only `execute` and
its like count. asyncpg: magicstack.github.io/asyncpg, "API Reference". aiosqlite:
aiosqlite.omnilib.dev; what `execute` gives can be entered, and is left out. psycopg: psycopg.org,
"Connection classes". Elasticsearch: elasticsearch-py.readthedocs.io, "Using with asyncio".
"""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_SESSION = "sqlalchemy.ext.asyncio.AsyncSession()"
_CONNECTION = "sqlalchemy.ext.asyncio.AsyncConnection()"
_ENGINE = "sqlalchemy.ext.asyncio.AsyncEngine()"
_MAKER = "sqlalchemy.ext.asyncio.async_sessionmaker()"
_REDIS = "redis.asyncio.Redis()"
_PUBSUB = "redis.asyncio.client.PubSub()"
_PIPELINE = "redis.asyncio.client.Pipeline()"
_LOCK = "redis.asyncio.lock.Lock()"
_ASYNCPG = "asyncpg.Connection()"
_ASYNCPG_POOL = "asyncpg.Pool()"
_TRANSACTION = "asyncpg.transaction.Transaction()"
_AIOSQLITE = "aiosqlite.Connection()"
_AIOSQLITE_CURSOR = "aiosqlite.Cursor()"
_PSYCOPG = "psycopg.AsyncConnection()"
_PSYCOPG_CURSOR = "psycopg.AsyncCursor()"

OUTLINES: dict[str, Outline] = {
    _SESSION: Outline(
        "close commit connection delete execute flush get get_one invalidate merge refresh reset"
        " rollback run_sync scalar scalars stream stream_scalars"
    ),
    _CONNECTION: Outline("close commit execute rollback run_sync scalar scalars"),
    _ENGINE: Outline(
        "dispose", {".begin().<awaited>": _CONNECTION, ".connect().<awaited>": _CONNECTION}
    ),
    _MAKER: Outline("", {"()": _SESSION, ".begin().<awaited>": _SESSION}),
    "sqlalchemy.ext.asyncio": Outline(
        "",
        {".create_async_engine()": _ENGINE, ".async_engine_from_config()": _ENGINE,
         ".async_scoped_session()": _SESSION,
         ".session.AsyncSession": "sqlalchemy.ext.asyncio.AsyncSession",
         ".session.async_sessionmaker": "sqlalchemy.ext.asyncio.async_sessionmaker",
         ".engine.AsyncEngine": "sqlalchemy.ext.asyncio.AsyncEngine",
         ".engine.AsyncConnection": "sqlalchemy.ext.asyncio.AsyncConnection",
         ".engine.create_async_engine": "sqlalchemy.ext.asyncio.create_async_engine"},
    ),
    "sqlmodel.ext.asyncio.session.AsyncSession()": Outline("exec", like=(_SESSION,)),
    _REDIS: Outline(
        "aclose append blmove blpop brpop bzpopmin close copy dbsize decr decrby delete echo eval"
        " evalsha execute_command exists expire expireat flushall flushdb geoadd get getdel getex"
        " getrange getset hdel hexists hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset"
        " hscan hset hsetnx hvals incr incrby incrbyfloat info initialize keys lindex linsert llen"
        " lpop lpush lpushx lrange lrem lset ltrim mget move mset msetnx persist pexpire pfadd"
        " pfcount ping psetex pttl publish rename renamenx rpop rpoplpush rpush rpushx sadd scan"
        " scard script_load sdiff set setbit setex setnx setrange sinter sismember smembers smove"
        " spop srandmember srem sscan strlen sunion touch ttl type unlink xack xadd xautoclaim"
        " xclaim xdel xgroup_create xinfo_stream xlen xpending xrange xread xreadgroup xrevrange"
        " xtrim zadd zcard zcount zincrby zpopmax zpopmin zrange zrangebyscore zrank zrem"
        " zremrangebyrank zremrangebyscore zrevrange zrevrank zscan zscore",
        {".pubsub()": _PUBSUB, ".pipeline()": _PIPELINE, ".lock()": _LOCK},
    ),
    _PUBSUB: Outline(
        "aclose close connect get_message ping psubscribe punsubscribe reset run subscribe"
        " unsubscribe"
    ),
    _PIPELINE: Outline("aclose discard execute reset unwatch watch"),
    _LOCK: Outline("acquire extend locked owned reacquire release"),
    "redis.asyncio": Outline(
        "",
        {".from_url()": _REDIS, ".client.Redis": "redis.asyncio.Redis",
         ".client.StrictRedis": "redis.asyncio.Redis", ".StrictRedis": "redis.asyncio.Redis",
         ".cluster.RedisCluster": "redis.asyncio.RedisCluster"},
    ),
    "redis.asyncio.Redis": Outline("", {".from_url()": _REDIS, ".from_pool()": _REDIS}),
    "redis.asyncio.RedisCluster": Outline("", {".from_url()": "redis.asyncio.RedisCluster()"}),
    "redis.asyncio.RedisCluster()": Outline("", like=(_REDIS,)),
    "asyncpg": Outline(
        "connect",
        {".connect().<awaited>": _ASYNCPG, ".create_pool()": _ASYNCPG_POOL,
         ".pool.Pool": "asyncpg.Pool", ".connection.Connection": "asyncpg.Connection"},
    ),
    _ASYNCPG_POOL: Outline(
        "close copy_from_query copy_from_table copy_records_to_table copy_to_table execute"
        " executemany expire_connections fetch fetchrow fetchval release",
        {".acquire().<awaited>": _ASYNCPG, ".<awaited>": _ASYNCPG_POOL},
    ),
    _ASYNCPG: Outline(
        "add_listener close copy_from_query copy_records_to_table execute executemany fetch"
        " fetchrow fetchval prepare reload_schema_state remove_listener reset reset_type_codec"
        " set_builtin_type_codec set_type_codec",
        {".transaction()": _TRANSACTION},
    ),
    _TRANSACTION: Outline("commit rollback start"),
    "aiosqlite": Outline(
        "", {".connect()": _AIOSQLITE, ".core.Connection": "aiosqlite.Connection"}
    ),
    _AIOSQLITE: Outline(
        "backup close commit create_function interrupt load_extension rollback set_trace_callback",
        {".<awaited>": _AIOSQLITE, ".execute().<awaited>": _AIOSQLITE_CURSOR,
         ".executemany().<awaited>": _AIOSQLITE_CURSOR, ".cursor().<awaited>": _AIOSQLITE_CURSOR},
    ),
    _AIOSQLITE_CURSOR: Outline(
        "close execute executemany executescript fetchall fetchmany fetchone"
    ),
    "psycopg.AsyncConnection": Outline("connect", {".connect().<awaited>": _PSYCOPG}),
    _PSYCOPG: Outline(
        "close commit execute rollback set_autocommit",
        {".cursor()": _PSYCOPG_CURSOR, ".execute().<awaited>": _PSYCOPG_CURSOR},
    ),
    _PSYCOPG_CURSOR: Outline("close execute executemany fetchall fetchmany fetchone"),
    "psycopg_pool.AsyncConnectionPool()": Outline(
        "close open wait", {".connection().<awaited>": _PSYCOPG}
    ),
    "elasticsearch.AsyncElasticsearch()": Outline(
        "bulk close count create delete delete_by_query exists get index info mget msearch ping"
        " reindex scroll search update update_by_query"
    ),
}  # fmt: skip
