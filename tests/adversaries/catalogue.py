"""Who covers which entry of the catalogue of attacks (see the package): attack files by their `ENTRIES`, tests by name here.

An entry may have both: an attack that a program can try, and a test of the part that no program can.
"""

from collections.abc import Mapping
from typing import Final

LETTERS: Final = {
    "A": range(1, 19),
    "B": range(19, 30),
    "C": range(30, 52),
    "D": range(52, 60),
    "E": range(60, 70),
    "F": range(70, 81),
    "G": range(81, 89),
}

# Tests by the entry's number: "file::test".
TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "B27": ("tests/authoring/test_rubric.py::test_a_check_is_named_once_in_a_row_and_a_part",),
    "C45": (
        "tests/checks/test_by_hand.py::test_a_banned_name_is_seen_however_it_is_reached",
        "tests/checks/test_by_hand_in_a_box.py::test_a_hidden_library_call_is_seen_across_the_boundary",
    ),
    "C46": ("tests/checks/test_by_hand.py::test_the_run_sees_what_the_text_hides",),
    "C49": (
        "tests/checks/test_pretrained.py::test_weights_overwritten_after_loading_are_told_from_weights_never_loaded",
    ),
    "C50": ("tests/checks/test_outcome.py::test_outcomes_are_measured_and_named",),
    "C51": (
        "tests/checks/test_visualization.py::test_another_network_shows_nothing_of_ours",
        "tests/checks/test_visualization.py::test_noise_shows_no_maps",
    ),
    "E63": ("tests/sandbox/test_values.py::test_what_is_not_data_is_not_sent",),
    "E64": (
        "tests/intake/test_archives.py::test_a_name_that_leads_outside_refuses_the_zip",
        "tests/intake/test_archives.py::test_links_and_devices_are_refused",
        "tests/intake/test_names.py::test_names_that_collide_are_refused",
        "tests/intake/test_hostile_uploads.py::test_no_two_files_of_a_submission_meet_on_any_disk",
        "tests/api/test_submitting.py::test_a_zip_that_climbs_out_is_refused",
    ),
    "E65": (
        "tests/intake/test_archives.py::test_a_bomb_is_stopped_while_it_unpacks",
        "tests/intake/test_archives.py::test_an_archive_in_an_archive_is_refused_by_name",
        "tests/intake/test_hostile_uploads.py::test_memory_follows_the_limit_and_not_the_bomb",
        "tests/intake/test_hostile_uploads.py::test_a_million_names_are_refused_before_they_are_read",
    ),
    "E66": (
        "tests/api/test_submitting.py::test_a_declared_body_that_is_too_large_is_refused",
        "tests/api/test_submitting.py::test_a_streamed_body_that_grows_too_large_is_refused",
        "tests/intake/test_hostile_uploads.py::test_half_a_gigabyte_of_outputs_is_refused_before_it_is_parsed",
    ),
    "E67": (
        "tests/intake/test_hostile_uploads.py::test_any_notebook_goes_all_the_way_or_is_refused",
        "tests/intake/test_hostile_uploads.py::test_a_notebook_nested_without_end_is_refused",
    ),
    "E68": (
        "tests/pages/test_hostile_text.py::test_no_text_of_a_report_becomes_markup",
        "tests/pages/test_reading.py::test_a_notebook_keeps_its_code_and_loses_its_scripts",
        "tests/api/test_reading.py::test_no_cell_of_the_csv_begins_like_a_formula",
        "tests/cli/test_hostile_text.py::test_no_sequence_reaches_the_terminal",
    ),
    "E69": (
        "tests/worker/test_strange_messages.py::test_a_message_that_is_code_is_not_run",
        "tests/worker/test_strange_messages.py::test_a_message_about_no_run_of_ours_is_ignored",
    ),
    # What can be tried without a card: none is there for a box that was not granted one.
    "F78": ("tests/sandbox/test_devices.py::test_a_box_has_two_devices_and_no_more",),
    "G81": (
        "tests/api/test_submitting.py::test_the_same_key_sent_at_the_same_time_counts_once",
        "tests/store/test_tables.py::test_attempts_count_from_one_without_gaps",
        "tests/store/test_blobs.py::test_an_altered_blob_is_noticed",
        "tests/worker/test_grading_run.py::test_a_message_delivered_twice_grades_once",
    ),
    "G82": (
        "tests/api/test_clocks.py::test_nothing_that_a_client_says_moves_the_time_of_a_submission",
        "tests/api/test_clocks.py::test_a_due_date_is_a_moment_and_not_a_clocks_reading",
        "tests/store/test_tables.py::test_naive_times_are_refused",
    ),
    "G83": (
        "tests/api/test_callers.py::test_other_courses_do_not_exist",
        "tests/api/test_callers.py::test_another_student_does_not_get_through",
        "tests/pages/test_student.py::test_another_students_submission_does_not_exist",
        "tests/pages/test_reading.py::test_staff_of_another_course_find_nothing",
    ),
    "G84": ("tests/worker/test_passback.py::test_the_address_that_was_looked_at_is_the_one_that_is_called",),
    "G85": (
        "tests/worker/test_passback.py::test_sending_twice_sends_once",
        "tests/worker/test_passback.py::test_timestamps_grow_by_whole_seconds_however_fast_the_posts",
        "tests/worker/test_power.py::test_one_power_cut_loses_and_doubles_nothing",
        "tests/store/test_regrades.py::test_an_older_attempt_that_is_graded_later_is_not_posted_over_the_newer",
    ),
    "G87": (
        "tests/pages/test_student.py::test_sending_a_form_without_its_token_changes_nothing",
        "tests/pages/test_signing_in.py::test_a_form_from_elsewhere_signs_nobody_in",
        "tests/api/test_callers.py::test_a_cookie_alone_changes_nothing",
        "tests/pages/test_student.py::test_what_a_student_wrote_is_never_markup",
    ),
}

# Why nothing tries it.
EXCUSED: Final[Mapping[str, str]] = {
    "D59": "no answer, hashed or not, is handed out",
    "G86": "no language model reads an answer",
    "G88": "submissions are not compared with each other",
}
