//! What every store owes: each case runs on each store, under the same name.

mod capacity;
mod documents;
mod feed;
mod inbox;
mod lease;
mod members;
mod refusal;
mod signal;
mod work;

pub(crate) mod words;

use switchboard::store::Store;
use tempfile::TempDir;

use crate::redis_server;

/// Lists the cases once and runs all of them on every store, so that no store can miss one. A
/// case that is not listed is dead code, which the compiler reports.
macro_rules! contract {
    ($($about:ident: $($case:ident)*;)*) => {
        on!(model, in_memory, $($about: $($case)*;)*);
        on!(sqlite, on_disk, $($about: $($case)*;)*);
        on!(redis, in_redis, $($about: $($case)*;)*);
    };
}

macro_rules! on {
    ($store:ident, $make:ident, $($about:ident: $($case:ident)*;)*) => {
        mod $store {
            $(mod $about {
                $(#[test]
                fn $case() {
                    let (store, dir) = crate::contract::$make();
                    crate::contract::block_on(crate::contract::$about::$case(store));
                    drop(dir);
                }

                )*
            })*
        }
    };
}

contract! {
    lease:
        a_new_store_knows_no_lease
        a_free_shard_is_claimed
        a_claim_is_refused_when_the_lease_moved
        every_claim_raises_the_epoch
        a_claim_goes_above_the_floor
        the_owner_may_claim_anew
        renewing_raises_the_beat
        only_the_owner_renews
        shards_are_renewed_together_and_each_for_itself
        releasing_keeps_the_epoch
        only_the_owner_releases
        only_claimed_shards_are_listed
        the_owner_learns_who_asks
        only_the_owner_is_asked
        who_asks_takes_the_place_of_whom_he_names
        asking_stops_no_claim_and_ends_with_it;
    members:
        nobody_is_there_at_first
        members_are_listed_in_order
        the_last_word_counts
        a_member_that_is_silent_is_gone
        a_member_that_leaves_is_gone_at_once;
    inbox:
        entries_come_out_in_order
        entries_behind_a_position_are_read_in_pages
        inboxes_that_hold_something_are_listed
        a_repeated_submission_is_a_duplicate
        a_key_is_forgotten_when_its_time_is_over
        a_key_is_known_as_long_as_it_refuses_a_repeat
        a_key_belongs_to_its_shard
        advancing_drops_what_is_done
        positions_go_on_after_everything_is_done
        a_full_inbox_takes_nothing
        a_full_inbox_still_knows_its_duplicates
        advancing_makes_room
        what_is_submitted_at_once_is_judged_one_after_the_other
        an_entry_is_put_into_another_inbox
        an_entry_is_put_into_the_own_inbox
        entries_are_put_in_the_order_of_ops
        what_a_commit_puts_is_not_behind_it
        the_cursor_does_not_pass_what_its_commit_puts
        an_inbox_that_nobody_claimed_takes_entries
        putting_changes_nothing_else_of_a_shard
        a_repeated_commit_puts_nothing
        a_full_inbox_refuses_what_is_put
        what_a_commit_puts_takes_room
        the_cursor_of_the_commit_makes_room
        what_comes_of_an_entry_has_room_of_its_own
        a_forgotten_key_is_taken_again;
    documents:
        a_document_is_written_and_read
        a_document_moves_from_version_to_version
        a_deleted_document_begins_anew
        documents_are_listed_by_kind_in_pages
        documents_belong_to_their_shard
        documents_are_kept_apart_by_kind
        shared_documents_belong_to_no_shard
        documents_of_both_sorts_are_found_in_one_look
        shared_documents_are_listed_by_kind_in_pages
        a_shared_document_is_deleted
        what_was_only_read_is_checked_and_not_written
        shared_documents_are_kept_apart_by_kind
        ids_of_shared_documents_are_any_text
        ids_are_ordered_byte_by_byte
        bytes_come_back_as_they_were;
    work:
        history_is_read_in_order_and_in_pages
        histories_are_kept_apart
        a_long_history_is_read_from_anywhere
        what_one_commit_does_to_a_history_it_does_in_order
        a_packed_history_reads_as_before
        a_history_goes_on_beside_its_pack
        a_history_is_packed_again
        a_shorter_pack_loses_nothing
        a_part_of_a_history_is_packed
        a_deleted_history_is_gone
        a_refused_commit_packs_and_deletes_nothing
        timers_come_earliest_first
        a_timer_moves_and_is_cleared
        jobs_come_in_the_order_of_ids
        a_job_is_updated_and_deleted
        the_dead_are_kept_oldest_first
        moments_are_kept_exactly
        moments_beyond_measure_are_kept_at_its_end;
    feed:
        a_new_feed_is_empty
        events_are_chained
        the_chain_goes_over_epochs
        the_feed_is_read_in_pages
        an_unknown_position_is_told_apart_from_the_end
        an_event_names_its_author
        a_trimmed_feed_admits_it
        a_feed_that_is_short_enough_is_not_trimmed
        the_newest_events_stay_whatever_they_were_committed_with
        of_each_feed_as_much_is_kept_as_is_asked_for
        what_came_after_the_end_that_was_seen_stays
        the_ends_of_feeds_are_listed
        tidy_forgets_keys_that_have_run_out
        what_is_much_is_dropped_piece_by_piece;
    capacity:
        an_operator_is_reserved_up_to_the_limit
        a_reservation_is_idempotent
        no_limit_is_no_limit
        a_release_makes_room
        a_release_of_nothing_is_harmless
        a_release_of_nothing_makes_no_room
        reservations_of_one_commit_count
        releases_of_one_commit_count
        reservations_of_a_refused_group_count
        load_is_counted_over_shards
        places_and_offers_are_counted_apart
        counters_add_up
        a_correction_is_not_a_reception
        counters_are_listed_by_line;
    signal:
        a_new_entry_is_told
        a_commit_tells_what_it_changed
        a_shard_given_back_is_told
        what_changes_nothing_is_not_told;
    refusal:
        a_commit_counts
        nobody_commits_to_a_free_shard
        a_stale_owner_is_fenced
        a_released_owner_is_fenced
        a_claim_anew_fences_the_older_epoch
        the_fence_comes_before_all
        a_repeat_is_refused
        memory_ahead_of_the_store_is_noticed
        a_foreign_cursor_is_noticed
        the_number_of_commits_comes_before_the_cursor
        memory_comes_before_shape
        a_known_key_is_a_duplicate
        an_old_key_is_taken_again
        the_fast_path_shares_its_keys_with_the_inbox
        a_waiting_entry_is_behind
        drained_means_the_cursor_of_this_commit
        another_version_is_refused
        another_shared_version_is_refused
        a_missing_timer_is_refused
        a_missing_job_is_refused
        all_refused_groups_are_named
        a_group_is_refused_once
        a_refused_commit_leaves_nothing
        preconditions_see_the_state_before_the_commit
        too_many_ops_are_malformed
        too_many_groups_are_malformed
        one_target_twice_is_malformed
        the_cursor_stays_in_the_inbox
        history_begins_at_one
        shape_comes_before_refusals;
}

pub(crate) fn in_memory() -> (Store, Option<TempDir>) {
    (Store::model(), None)
}

/// A store in a directory that goes when it is dropped.
pub(crate) fn on_disk() -> (Store, Option<TempDir>) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = Store::sqlite(dir.path()).expect("a fresh directory opens");
    (store, Some(dir))
}

/// A store of its own in the Redis of all tests.
pub(crate) fn in_redis() -> (Store, Option<TempDir>) {
    (redis_server::shared().new_store(), None)
}

/// Runs without any timer or socket: a store must not need them.
pub(crate) fn block_on<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(story)
}
