"""Which functions a statement may call: what only reads, and volatile ones that change nothing."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.database.catalog import Function
from watchglass.sql.gate import Refusal

_HARMLESS = """
    array_sample array_shuffle clock_timestamp current_query gen_random_uuid random random_normal timeofday uuidv4 uuidv7
    pg_database_size pg_indexes_size pg_relation_size pg_table_size pg_tablespace_size pg_total_relation_size
    pg_partition_ancestors pg_partition_tree pg_sequence_last_value pg_get_sequence_data
    pg_blocking_pids pg_isolation_test_session_is_blocked pg_lock_status pg_prepared_xact pg_safe_snapshot_blocking_pids
    pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn pg_get_wal_replay_pause_state
    pg_get_wal_resource_managers pg_get_wal_summarizer_state pg_available_wal_summaries pg_is_in_recovery
    pg_is_wal_replay_paused pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp
    pg_last_committed_xact pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_xact_status txid_status
    pg_collation_actual_version pg_database_collation_actual_version pg_get_multixact_members pg_jit_available
    pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system pg_notification_queue_usage
    pg_replication_origin_progress pg_show_replication_origin_status pg_get_aios pg_get_backend_memory_contexts
    pg_get_loaded_modules pg_get_shmem_allocations pg_get_shmem_allocations_numa pg_get_wait_events
    pg_stat_get_backend_io pg_stat_get_backend_wal pg_stat_get_io pg_stat_get_recovery_prefetch pg_stat_have_stats
    pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit pg_stat_get_xact_function_calls
    pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time pg_stat_get_xact_numscans
    pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched pg_stat_get_xact_tuples_hot_updated
    pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated pg_stat_get_xact_tuples_returned
    pg_stat_get_xact_tuples_updated
"""
HARMLESS: frozenset[str] = frozenset(_HARMLESS.split())
"""PostgreSQL's own volatile functions that change nothing."""

HARMLESS_OF: Mapping[str, frozenset[str]] = {
    "pg_stat_statements": frozenset({"pg_stat_statements", "pg_stat_statements_info"}),
    "pgcrypto": frozenset({"gen_random_uuid", "gen_random_bytes", "gen_salt"}),
    "uuid-ossp": frozenset({"uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4"}),
    "pg_buffercache": frozenset(
        {"pg_buffercache_pages", "pg_buffercache_summary", "pg_buffercache_usage_counts"}
    ),
    "pgstattuple": frozenset(
        {
            "pgstattuple",
            "pgstattuple_approx",
            "pgstatindex",
            "pgstatginindex",
            "pgstathashindex",
            "pg_relpages",
        }
    ),
    "tablefunc": frozenset({"normal_rand"}),
}
"""Extension → its volatile functions that change nothing."""

_NOT_VOLATILE = {
    "txid_current": "it takes a transaction number",
    "pg_current_xact_id": "it takes a transaction number",
}
"""PostgreSQL's own functions that change something without being called volatile."""

_RUNS_TEXT: Mapping[str, frozenset[str]] = {
    "": frozenset({"ts_rewrite"}),
    "tablefunc": frozenset({"crosstab", "crosstab2", "crosstab3", "crosstab4", "connectby"}),
    "xml2": frozenset({"xpath_table"}),
}
"""Extension (empty: PostgreSQL itself) → functions that run SQL which they are handed as text."""


def runs_text(function: Function) -> bool:
    """Tell whether a function runs SQL that it is handed as text."""
    if function.key.built_in:
        return function.name in _RUNS_TEXT[""] and function.most == 2
    return function.name in _RUNS_TEXT.get(function.extension, frozenset()) and bool(function.extension)


def effect(function: Function) -> Refusal | None:
    """Say why a function is not called; None where the function itself may be."""
    if function.key.built_in:
        known = _NOT_VOLATILE.get(function.name, "")
        if known or (function.volatility == "v" and function.name not in HARMLESS):
            return Refusal("function-volatile", known or "it may change something, or wait (VOLATILE)")
        return None
    if function.extension and function.name in HARMLESS_OF.get(function.extension, frozenset()):
        return None
    if function.definer:
        reason = f"it runs with the rights of {function.owner} (SECURITY DEFINER)"
        return Refusal("function-definer", reason)
    if function.volatility == "v":
        return Refusal("function-volatile", "it may change something (VOLATILE)")
    return None


def readable(function: Function) -> bool:
    """Tell whether what a function calls can and must be read from its text; other languages' word is taken."""
    return not function.key.built_in and function.language in ("sql", "plpgsql")
