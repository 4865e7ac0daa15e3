"""The first edition of every table, Flask-AppBuilder's own among them. Written by `make migration`."""
# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

from models.ledger import APPEND_ONLY, append_only_statements

revision = "0001"
down_revision = None

SEQUENCES = [
    "ab_group_id_seq",
    "ab_permission_id_seq",
    "ab_register_user_id_seq",
    "ab_role_id_seq",
    "ab_user_id_seq",
    "ab_view_menu_id_seq",
    "ab_api_key_id_seq",
    "ab_group_role_id_seq",
    "ab_permission_view_id_seq",
    "ab_user_group_id_seq",
    "ab_user_role_id_seq",
    "ab_permission_view_role_id_seq",
]
# Accounts point to agencies and providers, and those to the account that made them.
CIRCLE = [
    ("fk_ab_user_agency_id", "ab_user", "agency_id", "agency"),
    ("fk_ab_user_provider_id", "ab_user", "provider_id", "provider"),
]


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        for name in SEQUENCES:
            op.execute(sa.schema.CreateSequence(sa.Sequence(name, start=1, increment=1, minvalue=1, cycle=False)))
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_group_id_seq"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_group_name")),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_permission_id_seq"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_permission_name")),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_register_user_id_seq"), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_register_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_register_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_register_user_username")),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_role_id_seq"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_role")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_role_name")),
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_user_id_seq"), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("agency_id IS NULL OR provider_id IS NULL", name=op.f("ck_ab_user_agency_or_provider")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_ab_user_agency_id"), use_alter=True),
        sa.ForeignKeyConstraint(["changed_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_changed_by_fk")),
        sa.ForeignKeyConstraint(["created_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_created_by_fk")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_ab_user_provider_id"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_user_username")),
    )
    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_view_menu_id_seq"), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_view_menu")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_view_menu_name")),
    )
    op.create_table(
        "ledger_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_seal")),
    )
    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_api_key_id_seq"), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_ab_api_key_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_api_key")),
        sa.UniqueConstraint("lookup_hash", name=op.f("uq_ab_api_key_lookup_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ab_api_key_uuid")),
    )
    op.create_index("idx_api_key_lookup_hash", "ab_api_key", ["lookup_hash"], unique=True)
    op.create_index("idx_api_key_prefix", "ab_api_key", ["key_prefix"], unique=False)
    op.create_index("idx_api_key_user_id", "ab_api_key", ["user_id"], unique=False)
    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_group_role_id_seq"), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_group_role_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], name=op.f("fk_ab_group_role_role_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group_role")),
        sa.UniqueConstraint("group_id", "role_id", name=op.f("uq_ab_group_role_group_id_role_id")),
    )
    op.create_index("idx_group_id", "ab_group_role", ["group_id"], unique=False)
    op.create_index("idx_group_role_id", "ab_group_role", ["role_id"], unique=False)
    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_permission_view_id_seq"), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["ab_permission.id"], name=op.f("fk_ab_permission_view_permission_id")
        ),
        sa.ForeignKeyConstraint(["view_menu_id"], ["ab_view_menu.id"], name=op.f("fk_ab_permission_view_view_menu_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view")),
        sa.UniqueConstraint(
            "permission_id", "view_menu_id", name=op.f("uq_ab_permission_view_permission_id_view_menu_id")
        ),
    )
    op.create_index("idx_permission_id", "ab_permission_view", ["permission_id"], unique=False)
    op.create_index("idx_view_menu_id", "ab_permission_view", ["view_menu_id"], unique=False)
    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_user_group_id_seq"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_user_group_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_group_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_group")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_ab_user_group_user_id_group_id")),
    )
    op.create_index("idx_user_group_id", "ab_user_group", ["group_id"], unique=False)
    op.create_index("idx_user_id", "ab_user_group", ["user_id"], unique=False)
    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_user_role_id_seq"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], name=op.f("fk_ab_user_role_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_role_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_role")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_ab_user_role_user_id_role_id")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("planned", "withdrawn", name="absencestate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name=op.f("ck_absence_withdrawn_has_day")
        ),
        sa.CheckConstraint("absent_id <> deputy_id", name=op.f("ck_absence_nobody_covers_themself")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_absence_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["absent_id"], ["ab_user.id"], name=op.f("fk_absence_absent_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_absence_created_by_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["ab_user.id"], name=op.f("fk_absence_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_absence_absent_id"), "absence", ["absent_id"], unique=False)
    op.create_index(op.f("ix_absence_created_by_id"), "absence", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_absence_deputy_id"), "absence", ["deputy_id"], unique=False)
    op.create_index(
        "uq_absence_one_from_a_day",
        "absence",
        ["absent_id", "first_on"],
        unique=True,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "integrated_care_board",
                "regulator",
                "healthwatch",
                "safeguarding",
                "infection_control",
                "community_nursing",
                "medicines",
                "council",
                "other",
                name="agencykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_agency_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_agency_created_by_id"), "agency", ["created_by_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("in_use", "revoked", name="tokenstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(secret_sha256) = 64", name=op.f("ck_api_token_secret_whole")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_api_token_created_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_token_prefix")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_api_token_created_by_id"), "api_token", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "services",
                "contracts",
                "officers",
                "placements",
                "suspensions",
                "plans",
                "complaints",
                "register",
                name="arrivalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "faulty",
                "checked",
                "brought_in",
                "undone",
                "discarded",
                name="arrivalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'brought_in', 'undone') OR faults = 0", name=op.f("ck_arrival_faultless")
        ),
        sa.CheckConstraint("faults >= 0", name=op.f("ck_arrival_faults_not_negative")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_arrival_sha256_whole")),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_arrival_source_is_said")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_arrival_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_arrival_created_by_id"), "arrival", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_arrival_state"), "arrival", ["state"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_type", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("kept", "withdrawn", name="attachmentstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL AND coalesce(length(withdrawn_reason), 0) > 0)",
            name=op.f("ck_attachment_withdrawn_has_moment_and_reason"),
        ),
        sa.CheckConstraint("length(filename) BETWEEN 1 AND 200", name=op.f("ck_attachment_filename_fits")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachment_sha256_whole")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_not_empty")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_attachment_created_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["ab_user.id"], name=op.f("fk_attachment_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_attachment_storage_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attachment_created_by_id"), "attachment", ["created_by_id"], unique=False)
    op.create_index("ix_attachment_record", "attachment", ["record_type", "record_id"], unique=False)
    op.create_index(
        "uq_attachment_kept_once",
        "attachment",
        ["record_type", "record_id", "sha256"],
        unique=True,
        sqlite_where=sa.text("state = 'kept'"),
        postgresql_where=sa.text("state = 'kept'"),
    )
    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("person", "team", name="calendarkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("in_use", "revoked", name="calendarstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(secret_sha256) = 64", name=op.f("ck_calendar_address_secret_whole")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_calendar_address_created_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"], name=op.f("fk_calendar_address_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_calendar_address_secret_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_calendar_address_created_by_id"), "calendar_address", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_calendar_address_person_id"), "calendar_address", ["person_id"], unique=False)
    op.create_table(
        "clock_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_clock_run_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_run")),
        sa.UniqueConstraint("day", name=op.f("uq_clock_run_day")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clock_run_created_by_id"), "clock_run", ["created_by_id"], unique=False)
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column(
            "format",
            sa.Enum("csv", "xlsx", name="exportformat", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_export_rows_not_negative")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_export_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_export_created_by_id"), "export", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_export_screen"), "export", ["screen"], unique=False)
    op.create_table(
        "framework",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("nation", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_force",
                "retired",
                "discarded",
                name="frameworkstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("core_hours_start", sa.Time(), nullable=False),
        sa.Column("core_hours_end", sa.Time(), nullable=False),
        sa.Column("weekly_hours", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'discarded') OR in_force_from IS NOT NULL", name=op.f("ck_framework_in_force_has_day")
        ),
        sa.CheckConstraint("core_hours_start < core_hours_end", name=op.f("ck_framework_core_hours_in_order")),
        sa.CheckConstraint("weekly_hours > 0", name=op.f("ck_framework_weekly_hours_positive")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_framework_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework")),
        sa.UniqueConstraint("key", "edition", name=op.f("uq_framework_key_edition")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_framework_created_by_id"), "framework", ["created_by_id"], unique=False)
    op.create_index(
        "uq_framework_one_draft",
        "framework",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "uq_framework_one_in_force",
        "framework",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'in_force'"),
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "host_authority",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "nation",
            sa.Enum(
                "england",
                "wales",
                "scotland",
                "northern_ireland",
                name="nation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "county",
                "unitary",
                "metropolitan_borough",
                "london_borough",
                "city_corporation",
                "health_and_social_care_trust",
                name="authoritykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("register_name", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'health_and_social_care_trust') = (nation = 'northern_ireland')",
            name=op.f("ck_host_authority_trusts_in_northern_ireland"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_host_authority_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_authority")),
        sa.UniqueConstraint("name", name=op.f("uq_host_authority_name")),
        sa.UniqueConstraint("register_name", name=op.f("uq_host_authority_register_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_host_authority_created_by_id"), "host_authority", ["created_by_id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_type", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "created",
                "edited",
                "step",
                "imported",
                "read",
                "undone",
                "maintenance",
                name="ledgerkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["ab_user.id"], name=op.f("fk_ledger_entry_actor_id")),
        sa.ForeignKeyConstraint(["for_id"], ["ab_user.id"], name=op.f("fk_ledger_entry_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("record_type", "record_id", "seq", name=op.f("uq_ledger_entry_record_type_record_id_seq")),
    )
    op.create_index(op.f("ix_ledger_entry_actor_id"), "ledger_entry", ["actor_id"], unique=False)
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["at"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "letter_ready",
                "minutes_circulated",
                "host_notified",
                "care_management_told",
                "plan_sent",
                "feedback_shared",
                "agency_shared",
                "diary_told",
                name="mailkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "dead",
                "withdrawn",
                name="outboxstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("record_type", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("recipient_type", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "fault",
            sa.Enum(
                "no_address",
                "bad_address",
                "refused",
                "put_off",
                "cut_off",
                "timed_out",
                "unreachable",
                "not_secure",
                "not_signed_in",
                "unwritable",
                name="fault",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("smtp_code", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'host_notified') = (notice != '')", name=op.f("ck_outbox_message_notice_has_text")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_message_sent_has_moment")),
        sa.CheckConstraint("state != 'dead' OR fault IS NOT NULL", name=op.f("ck_outbox_message_dead_has_fault")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_message_attempts_not_negative")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_outbox_message_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_message_about", "outbox_message", ["record_type", "record_id"], unique=False)
    op.create_index(op.f("ix_outbox_message_created_by_id"), "outbox_message", ["created_by_id"], unique=False)
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("stub", sa.Boolean(), nullable=False),
        sa.Column("ownership", sa.String(), nullable=True),
        sa.Column("company_number", sa.String(), nullable=True),
        sa.Column("charity_number", sa.String(), nullable=True),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column(
            "regulator",
            sa.Enum(
                "cqc",
                "ciw",
                "care_inspectorate",
                "rqia",
                "none",
                name="regulator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("regulator_id", sa.String(), nullable=True),
        sa.Column(
            "registration_status",
            sa.Enum(
                "registered",
                "deregistered",
                "not_required",
                "unknown",
                name="registrationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("deregistered_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("address_line_1", sa.String(), nullable=True),
        sa.Column("address_line_2", sa.String(), nullable=True),
        sa.Column("town", sa.String(), nullable=True),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("local_authority", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("name IS NOT NULL OR stub", name=op.f("ck_provider_named_unless_stub")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_provider_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("regulator", "regulator_id", name=op.f("uq_provider_regulator_regulator_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_provider_created_by_id"), "provider", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_provider_local_authority"), "provider", ["local_authority"], unique=False)
    op.create_index(op.f("ix_provider_name"), "provider", ["name"], unique=False)
    op.create_index(op.f("ix_provider_sector"), "provider", ["sector"], unique=False)
    op.create_table(
        "register_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_register_import_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_register_import_created_by_id"), "register_import", ["created_by_id"], unique=False)
    op.create_table(
        "register_pull",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("since < through", name=op.f("ck_register_pull_since_before_through")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_register_pull_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_pull")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_register_pull_authority"), "register_pull", ["authority"], unique=False)
    op.create_index(op.f("ix_register_pull_created_by_id"), "register_pull", ["created_by_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("opens_first", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_saved_view_named")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_saved_view_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_saved_view_created_by_id"), "saved_view", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_saved_view_screen"), "saved_view", ["screen"], unique=False)
    op.create_index(
        "uq_saved_view_one_default",
        "saved_view",
        ["created_by_id", "screen"],
        unique=True,
        sqlite_where=sa.text("opens_first AND NOT withdrawn"),
        postgresql_where=sa.text("opens_first AND NOT withdrawn"),
    )
    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), sa.Sequence("ab_permission_view_role_id_seq"), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_ab_permission_view_role_permission_view_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_permission_view_role_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view_role")),
        sa.UniqueConstraint(
            "permission_view_id", "role_id", name=op.f("uq_ab_permission_view_role_permission_view_id_role_id")
        ),
    )
    op.create_index("idx_permission_view_id", "ab_permission_view_role", ["permission_view_id"], unique=False)
    op.create_index("idx_role_id", "ab_permission_view_role", ["role_id"], unique=False)
    op.create_table(
        "activity_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "visit",
                "meeting",
                "continuity_plan",
                "call",
                "provider_return",
                "self_assessment",
                "review",
                "analysis",
                "report",
                name="activityform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("meeting_kind", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("effort_minutes", sa.Integer(), nullable=True),
        sa.Column("needs_authorisation", sa.Boolean(), nullable=False),
        sa.Column(
            "announcement",
            sa.Enum(
                "announced",
                "unannounced",
                "either",
                name="announcement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outside_core_hours", sa.Boolean(), nullable=False),
        sa.Column("care_homes_only", sa.Boolean(), nullable=False),
        sa.Column("is_assessment", sa.Boolean(), nullable=False),
        sa.Column("longest_minutes", sa.Integer(), nullable=True),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(form = 'meeting') = (meeting_kind IS NOT NULL)", name=op.f("ck_activity_type_meeting_has_kind")
        ),
        sa.CheckConstraint(
            "form = 'visit' OR NOT (needs_authorisation OR outside_core_hours OR is_assessment)",
            name=op.f("ck_activity_type_visit_is_visit"),
        ),
        sa.CheckConstraint("effort_minutes > 0", name=op.f("ck_activity_type_effort_is_positive")),
        sa.CheckConstraint("longest_minutes > 0", name=op.f("ck_activity_type_longest_is_positive")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_activity_type_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_activity_type_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_type")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_activity_type_framework_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_activity_type_created_by_id"), "activity_type", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_activity_type_framework_id"), "activity_type", ["framework_id"], unique=False)
    op.create_table(
        "api_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_api_answer_token_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answer")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_api_answer_token_id_key")),
    )
    op.create_index(op.f("ix_api_answer_at"), "api_answer", ["at"], unique=False)
    op.create_table(
        "arrival_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("arrival_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("record_type", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrival.id"], name=op.f("fk_arrival_row_arrival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_row")),
    )
    op.create_index(op.f("ix_arrival_row_arrival_id"), "arrival_row", ["arrival_id"], unique=False)
    op.create_index("ix_arrival_row_record", "arrival_row", ["record_type", "record_id"], unique=False)
    op.create_table(
        "authority_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "email IS NOT NULL OR phone IS NOT NULL OR address IS NOT NULL", name=op.f("ck_authority_contact_reachable")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["host_authority.id"], name=op.f("fk_authority_contact_authority_id")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_authority_contact_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_contact")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_authority_contact_authority_id"), "authority_contact", ["authority_id"], unique=False)
    op.create_index(op.f("ix_authority_contact_created_by_id"), "authority_contact", ["created_by_id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "key",
            sa.Enum(
                "suspension_review",
                "suspension_next_steps",
                "remediation_plan",
                "feedback_to_manager",
                "complaint_response",
                "enquiry_response",
                "continuity_check",
                "regulator_check_valid",
                "validation_valid",
                "placement_rating_check",
                "placement_host_check",
                "direct_payment_check",
                "factual_accuracy",
                "harm_log",
                "quarterly_return",
                "significant_action",
                name="clockkey",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "days",
                "working_days",
                "weeks",
                "months",
                "weekdays",
                "quarters",
                name="clockunit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "weekday",
            sa.Enum(
                "monday",
                "tuesday",
                "wednesday",
                "thursday",
                "friday",
                "saturday",
                "sunday",
                name="weekday",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("warn", sa.Integer(), nullable=True),
        sa.Column("escalates_to", sa.String(), nullable=True),
        sa.Column("escalates_after", sa.Integer(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit = 'weekdays') = (weekday IS NOT NULL)", name=op.f("ck_clock_weekdays_name_one")),
        sa.CheckConstraint("escalates_to IN ('manager', 'head')", name=op.f("ck_clock_escalates_to_manager_or_head")),
        sa.CheckConstraint("length > 0", name=op.f("ck_clock_length_is_positive")),
        sa.CheckConstraint("warn > 0 AND escalates_after >= 0", name=op.f("ck_clock_told_in_days")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_clock_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_clock_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_clock_framework_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clock_created_by_id"), "clock", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_clock_framework_id"), "clock", ["framework_id"], unique=False)
    op.create_table(
        "insurance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "employers_liability",
                "public_liability",
                "professional_indemnity",
                "other",
                name="coverkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("cover", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("expires_on >= starts_on", name=op.f("ck_insurance_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_insurance_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_insurance_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_insurance_created_by_id"), "insurance", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_insurance_expires_on"), "insurance", ["expires_on"], unique=False)
    op.create_index(op.f("ix_insurance_provider_id"), "insurance", ["provider_id"], unique=False)
    op.create_table(
        "notice_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_notice_reason_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_notice_reason_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_reason")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_notice_reason_framework_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notice_reason_created_by_id"), "notice_reason", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_notice_reason_framework_id"), "notice_reason", ["framework_id"], unique=False)
    op.create_table(
        "restriction_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "effect",
            sa.Enum(
                "with_conditions",
                "voluntary",
                "no_new_purchase",
                name="restrictioneffect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("needs_agreement", sa.Boolean(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_restriction_kind_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_restriction_kind_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction_kind")),
        sa.UniqueConstraint("framework_id", "effect", name=op.f("uq_restriction_kind_framework_id_effect")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_restriction_kind_created_by_id"), "restriction_kind", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_restriction_kind_framework_id"), "restriction_kind", ["framework_id"], unique=False)
    op.create_table(
        "retention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.String(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("years > 0", name=op.f("ck_retention_years_positive")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_retention_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_retention_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention")),
        sa.UniqueConstraint("framework_id", "record", name=op.f("uq_retention_framework_id_record")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_retention_created_by_id"), "retention", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_retention_framework_id"), "retention", ["framework_id"], unique=False)
    op.create_table(
        "scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum("service", "contract", name="bandsubject", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_scheme_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_scheme_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_scheme_framework_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_scheme_created_by_id"), "scheme", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_scheme_framework_id"), "scheme", ["framework_id"], unique=False)
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("also_known_as", sa.String(), nullable=True),
        sa.Column(
            "service_type",
            sa.Enum(
                "care_home_with_nursing",
                "care_home",
                "extra_care",
                "supported_living",
                "home_care",
                "day_service",
                "advice",
                "other",
                name="servicetype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("type_since", sa.Date(), nullable=True),
        sa.Column("care_home", sa.Boolean(), nullable=False),
        sa.Column("dormant", sa.Boolean(), nullable=False),
        sa.Column("beds", sa.Integer(), nullable=True),
        sa.Column("register_types", sa.JSON(), nullable=False),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("specialisms", sa.JSON(), nullable=False),
        sa.Column("manager_in_post", sa.Boolean(), nullable=True),
        sa.Column("manager_absent_since", sa.Date(), nullable=True),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("uprn", sa.String(), nullable=True),
        sa.Column("icb", sa.String(), nullable=True),
        sa.Column("last_inspected_on", sa.Date(), nullable=True),
        sa.Column(
            "rating",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("rated_on", sa.Date(), nullable=True),
        sa.Column(
            "commissioning",
            sa.Enum(
                "not_recorded",
                "commissioned",
                "spot_purchase",
                "grant_funded",
                "direct_payment",
                "not_commissioned",
                name="commissioning",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("bought_since", sa.Date(), nullable=True),
        sa.Column("bought_until", sa.Date(), nullable=True),
        sa.Column("allocated_officer_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column(
            "regulator",
            sa.Enum(
                "cqc",
                "ciw",
                "care_inspectorate",
                "rqia",
                "none",
                name="regulator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("regulator_id", sa.String(), nullable=True),
        sa.Column(
            "registration_status",
            sa.Enum(
                "registered",
                "deregistered",
                "not_required",
                "unknown",
                name="registrationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("deregistered_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("address_line_1", sa.String(), nullable=True),
        sa.Column("address_line_2", sa.String(), nullable=True),
        sa.Column("town", sa.String(), nullable=True),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("local_authority", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("beds >= 0", name=op.f("ck_service_beds_not_negative")),
        sa.CheckConstraint("merged_into_id != id", name=op.f("ck_service_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["allocated_officer_id"], ["ab_user.id"], name=op.f("fk_service_allocated_officer_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_service_created_by_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["service.id"], name=op.f("fk_service_merged_into_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_service_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("regulator", "regulator_id", name=op.f("uq_service_regulator_regulator_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_service_allocated_officer_id"), "service", ["allocated_officer_id"], unique=False)
    op.create_index(op.f("ix_service_created_by_id"), "service", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_service_local_authority"), "service", ["local_authority"], unique=False)
    op.create_index(op.f("ix_service_merged_into_id"), "service", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_service_name"), "service", ["name"], unique=False)
    op.create_index(op.f("ix_service_provider_id"), "service", ["provider_id"], unique=False)
    op.create_index(op.f("ix_service_rating"), "service", ["rating"], unique=False)
    op.create_index(op.f("ix_service_sector"), "service", ["sector"], unique=False)
    op.create_index("ix_service_sector_name", "service", ["sector", "name"], unique=False)
    op.create_index(op.f("ix_service_service_type"), "service", ["service_type"], unique=False)
    op.create_table(
        "service_type_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "service_type",
            sa.Enum(
                "care_home_with_nursing",
                "care_home",
                "extra_care",
                "supported_living",
                "home_care",
                "day_service",
                "advice",
                "other",
                name="servicetype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_service_type_name_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_service_type_name_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_type_name")),
        sa.UniqueConstraint(
            "framework_id", "service_type", name=op.f("uq_service_type_name_framework_id_service_type")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_service_type_name_created_by_id"), "service_type_name", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_service_type_name_framework_id"), "service_type_name", ["framework_id"], unique=False)
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_type", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("shared_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_share_agency_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_share_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_share_agency_id"), "share", ["agency_id"], unique=False)
    op.create_index(op.f("ix_share_created_by_id"), "share", ["created_by_id"], unique=False)
    op.create_index(
        "uq_share_once",
        "share",
        ["record_type", "record_id", "agency_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "sponsor_licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "licensed",
                "suspended",
                "revoked",
                "ended",
                name="licencestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_sponsor_licence_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_sponsor_licence_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor_licence")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_sponsor_licence_provider_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sponsor_licence_created_by_id"), "sponsor_licence", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_sponsor_licence_state"), "sponsor_licence", ["state"], unique=False)
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "key",
            sa.Enum(
                "officer",
                "service",
                "provider",
                "visit",
                "assessment",
                "suspension",
                "plan",
                "band",
                "meeting",
                "mdt",
                "harm_log",
                "framework",
                name="termkey",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("many", sa.String(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_term_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_term_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_term_framework_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_term_created_by_id"), "term", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_term_framework_id"), "term", ["framework_id"], unique=False)
    op.create_table(
        "trigger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "cqc_inadequate",
                "mdt_considered",
                "improvement_plan",
                "large_scale_enquiry",
                "licence_lost",
                "continuity_not_assured",
                name="triggerevent",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "effect",
            sa.Enum(
                "with_conditions",
                "voluntary",
                "no_new_purchase",
                name="restrictioneffect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(event IN ('mdt_considered', 'improvement_plan')) = (effect IS NULL)",
            name=op.f("ck_trigger_restriction_has_effect"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_trigger_created_by_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_trigger_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger")),
        sa.UniqueConstraint("framework_id", "event", name=op.f("uq_trigger_framework_id_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_trigger_created_by_id"), "trigger", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_trigger_framework_id"), "trigger", ["framework_id"], unique=False)
    op.create_table(
        "band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.String(), nullable=False),
        sa.Column("interventions", sa.String(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_band_created_by_id")),
        sa.ForeignKeyConstraint(
            ["framework_id", "scheme"], ["scheme.framework_id", "scheme.key"], name=op.f("fk_band_framework_id_scheme")
        ),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_band_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band")),
        sa.UniqueConstraint("framework_id", "scheme", "key", name=op.f("uq_band_framework_id_scheme_key")),
        sa.UniqueConstraint("framework_id", "scheme", "position", name=op.f("uq_band_framework_id_scheme_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_band_created_by_id"), "band", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_band_framework_id"), "band", ["framework_id"], unique=False)
    op.create_table(
        "cadence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "service",
                "contract",
                "provider",
                "council",
                name="cadencesubject",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "reach",
            sa.Enum(
                "contracted",
                "watched",
                "grant_funded",
                name="reach",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_types", sa.JSON(), nullable=True),
        sa.Column("contract_kinds", sa.JSON(), nullable=True),
        sa.Column("ratings", sa.JSON(), nullable=True),
        sa.Column("outcomes", sa.JSON(), nullable=True),
        sa.Column("scheme", sa.String(), nullable=True),
        sa.Column("bands", sa.JSON(), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=True),
        sa.Column("rags", sa.JSON(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum(
                "interval",
                "calendar",
                "once",
                "after",
                "before",
                "as_required",
                name="cadencemode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column(
            "unit",
            sa.Enum(
                "days",
                "working_days",
                "weeks",
                "months",
                "weekdays",
                "quarters",
                name="clockunit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "anchor",
            sa.Enum(
                "entry",
                "contract_start",
                "contract_midpoint",
                name="anchor",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("other", sa.String(), nullable=True),
        sa.Column(
            "period",
            sa.Enum(
                "day",
                "week",
                "month",
                "quarter",
                "half_year",
                "year",
                name="period",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "clock",
            sa.Enum(
                "suspension_review",
                "suspension_next_steps",
                "remediation_plan",
                "feedback_to_manager",
                "complaint_response",
                "enquiry_response",
                "continuity_check",
                "regulator_check_valid",
                "validation_valid",
                "placement_rating_check",
                "placement_host_check",
                "direct_payment_check",
                "factual_accuracy",
                "harm_log",
                "quarterly_return",
                "significant_action",
                name="clockkey",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("warn", sa.Integer(), nullable=True),
        sa.Column("escalates_to", sa.String(), nullable=True),
        sa.Column("escalates_after", sa.Integer(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(mode = 'calendar') = (period IS NOT NULL)", name=op.f("ck_cadence_calendar_has_period")),
        sa.CheckConstraint(
            "(mode IN ('after', 'before')) = (other IS NOT NULL)", name=op.f("ck_cadence_after_or_before_another")
        ),
        sa.CheckConstraint(
            "(mode IN ('interval', 'once', 'after', 'before')) = (length IS NOT NULL AND unit IS NOT NULL)",
            name=op.f("ck_cadence_counted_has_length"),
        ),
        sa.CheckConstraint("clock IS NULL OR mode = 'calendar'", name=op.f("ck_cadence_clock_for_calendar")),
        sa.CheckConstraint("escalates_to IN ('manager', 'head')", name=op.f("ck_cadence_escalates_to_manager_or_head")),
        sa.CheckConstraint(
            "length > 0 OR (length = 0 AND mode IN ('once', 'after'))", name=op.f("ck_cadence_cadence_length_positive")
        ),
        sa.CheckConstraint("warn > 0 AND escalates_after >= 0", name=op.f("ck_cadence_told_in_days")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_cadence_created_by_id")),
        sa.ForeignKeyConstraint(
            ["framework_id", "activity"],
            ["activity_type.framework_id", "activity_type.key"],
            name=op.f("fk_cadence_framework_id_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["framework_id", "other"],
            ["activity_type.framework_id", "activity_type.key"],
            name=op.f("fk_cadence_framework_id_other"),
        ),
        sa.ForeignKeyConstraint(
            ["framework_id", "scheme"],
            ["scheme.framework_id", "scheme.key"],
            name=op.f("fk_cadence_framework_id_scheme"),
        ),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_cadence_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadence")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_cadence_framework_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cadence_created_by_id"), "cadence", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_cadence_framework_id"), "cadence", ["framework_id"], unique=False)
    op.create_table(
        "clock_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "warned",
                "breached",
                "escalated",
                name="clockstage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column(
            "told",
            sa.Enum(
                "officer", "manager", "head", name="clockreader", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(told = 'officer') = (reader_id IS NOT NULL)", name=op.f("ck_clock_notice_officer_is_named")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_clock_notice_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_clock_notice_provider_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["ab_user.id"], name=op.f("fk_clock_notice_reader_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_clock_notice_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_notice")),
        sa.UniqueConstraint("identity", "due_on", "stage", name=op.f("uq_clock_notice_identity_due_on_stage")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clock_notice_created_by_id"), "clock_notice", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_clock_notice_provider_id"), "clock_notice", ["provider_id"], unique=False)
    op.create_index(op.f("ix_clock_notice_reader_id"), "clock_notice", ["reader_id"], unique=False)
    op.create_index(op.f("ix_clock_notice_service_id"), "clock_notice", ["service_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "complaint",
                "mp_enquiry",
                "councillor_enquiry",
                name="complaintkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "person_using_service",
                "family",
                "advocate",
                "staff",
                "professional",
                "elected_member",
                "public",
                "anonymous",
                name="complaintsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("case_reference", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "allocated",
                "investigating",
                "response_drafted",
                "response_approved",
                "responded",
                "closed",
                "referred",
                "withdrawn",
                name="complaintstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("findings", sa.String(), nullable=True),
        sa.Column("response", sa.String(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld",
                "partly_upheld",
                "not_upheld",
                "inconclusive",
                name="complaintoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_on", sa.Date(), nullable=True),
        sa.Column("learning", sa.String(), nullable=True),
        sa.Column("wider_learning", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'withdrawn', 'referred') OR officer_id IS NOT NULL",
            name=op.f("ck_complaint_has_officer"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('responded', 'closed') OR responded_on IS NOT NULL",
            name=op.f("ck_complaint_responded_has_day"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('response_approved', 'responded', 'closed') OR approved_at IS NOT NULL",
            name=op.f("ck_complaint_response_is_approved"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('response_drafted', 'response_approved', 'responded', 'closed') OR (outcome IS NOT NULL AND length(response) > 0)",
            name=op.f("ck_complaint_response_has_outcome"),
        ),
        sa.CheckConstraint("due_on >= received_on", name=op.f("ck_complaint_deadline_after_receipt")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_complaint_created_by_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["ab_user.id"], name=op.f("fk_complaint_officer_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_complaint_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_complaint_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_complaint_created_by_id"), "complaint", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_complaint_due_on"), "complaint", ["due_on"], unique=False)
    op.create_index(op.f("ix_complaint_officer_id"), "complaint", ["officer_id"], unique=False)
    op.create_index(op.f("ix_complaint_provider_id"), "complaint", ["provider_id"], unique=False)
    op.create_index(op.f("ix_complaint_received_on"), "complaint", ["received_on"], unique=False)
    op.create_index(op.f("ix_complaint_service_id"), "complaint", ["service_id"], unique=False)
    op.create_index(op.f("ix_complaint_state"), "complaint", ["state"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "registered_manager",
                "nominated_individual",
                "office",
                "on_call",
                "other",
                name="contactkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name=op.f("ck_contact_reachable")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_contact_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_contact_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_contact_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_created_by_id"), "contact", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_contact_provider_id"), "contact", ["provider_id"], unique=False)
    op.create_index(op.f("ix_contact_service_id"), "contact", ["service_id"], unique=False)
    op.create_table(
        "continuity_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "expected",
                "received",
                "assured",
                "not_assured",
                name="continuitystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("check_due_on", sa.Date(), nullable=True),
        sa.Column("check_note", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state = 'expected' OR received_on IS NOT NULL", name=op.f("ck_continuity_plan_received_has_day")
        ),
        sa.CheckConstraint(
            "state NOT IN ('assured', 'not_assured') OR checked_on IS NOT NULL",
            name=op.f("ck_continuity_plan_checked_has_day"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_continuity_plan_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_continuity_plan_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_continuity_plan_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_continuity_plan")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_continuity_plan_check_due_on"), "continuity_plan", ["check_due_on"], unique=False)
    op.create_index(op.f("ix_continuity_plan_created_by_id"), "continuity_plan", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_continuity_plan_provider_id"), "continuity_plan", ["provider_id"], unique=False)
    op.create_index(op.f("ix_continuity_plan_service_id"), "continuity_plan", ["service_id"], unique=False)
    op.create_index(op.f("ix_continuity_plan_state"), "continuity_plan", ["state"], unique=False)
    op.create_index(
        "uq_continuity_plan_one_each",
        "continuity_plan",
        ["provider_id", sa.literal_column("coalesce(service_id, 0)")],
        unique=True,
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "framework",
                "block",
                "spot",
                "grant",
                "other",
                name="contractkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("kind_since", sa.Date(), nullable=True),
        sa.Column("yearly_value", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("mid_term_on", sa.Date(), nullable=True),
        sa.Column("monitoring_level", sa.Integer(), nullable=True),
        sa.Column("level_since", sa.Date(), nullable=True),
        sa.Column(
            "rag",
            sa.Enum("green", "amber", "red", name="rag", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("rag_since", sa.Date(), nullable=True),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("led_by_icb", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "ended", name="contractstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_contract_ended_has_day")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_ends_after_start")),
        sa.CheckConstraint("monitoring_level BETWEEN 1 AND 5", name=op.f("ck_contract_level_1_to_5")),
        sa.CheckConstraint("yearly_value >= 0", name=op.f("ck_contract_value_not_negative")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_contract_created_by_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["ab_user.id"], name=op.f("fk_contract_officer_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_contract_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_contract_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contract_created_by_id"), "contract", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_contract_officer_id"), "contract", ["officer_id"], unique=False)
    op.create_index(op.f("ix_contract_provider_id"), "contract", ["provider_id"], unique=False)
    op.create_index(op.f("ix_contract_service_id"), "contract", ["service_id"], unique=False)
    op.create_index(op.f("ix_contract_state"), "contract", ["state"], unique=False)
    op.create_table(
        "direct_payment_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("case_reference", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "checked",
                "listed",
                "not_listed",
                "withdrawn",
                name="paymentcheckstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "rating_found",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("findings", sa.String(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("check_due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'listed') = (listed_on IS NOT NULL)", name=op.f("ck_direct_payment_check_listed_has_day")
        ),
        sa.CheckConstraint(
            "state != 'not_listed' OR coalesce(length(outcome), 0) > 0",
            name=op.f("ck_direct_payment_check_not_listed_says_why"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'listed', 'not_listed') OR checked_on IS NOT NULL",
            name=op.f("ck_direct_payment_check_checked_has_day"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_direct_payment_check_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_direct_payment_check_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_payment_check")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_direct_payment_check_check_due_on"), "direct_payment_check", ["check_due_on"], unique=False
    )
    op.create_index(
        op.f("ix_direct_payment_check_created_by_id"), "direct_payment_check", ["created_by_id"], unique=False
    )
    op.create_index(op.f("ix_direct_payment_check_service_id"), "direct_payment_check", ["service_id"], unique=False)
    op.create_index(op.f("ix_direct_payment_check_state"), "direct_payment_check", ["state"], unique=False)
    op.create_table(
        "enforcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "warning_notice",
                "conditions",
                "notice_of_proposal",
                "cancellation",
                "urgent_action",
                "prosecution",
                name="enforcementkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_on >= served_on", name=op.f("ck_enforcement_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_enforcement_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_enforcement_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enforcement_created_by_id"), "enforcement", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_enforcement_service_id"), "enforcement", ["service_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "person_using_service",
                "family",
                "advocate",
                "social_worker",
                "health_professional",
                "councillor",
                "volunteer",
                "other",
                name="feedbacksource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reporter_post", sa.String(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column(
            "tone",
            sa.Enum(
                "praise", "mixed", "concern", name="feedbacktone", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("case_reference", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "acknowledged",
                "clarifying",
                "triaged",
                "shared_with_provider",
                "logged",
                "escalated",
                "closed",
                name="feedbackstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("clarification", sa.String(), nullable=True),
        sa.Column(
            "risk",
            sa.Enum("low", "medium", "high", name="feedbackrisk", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("assessment", sa.String(), nullable=True),
        sa.Column("told_provider", sa.String(), nullable=True),
        sa.Column("shared_on", sa.Date(), nullable=True),
        sa.Column("escalated_to", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state != 'escalated' OR length(escalated_to) > 0", name=op.f("ck_feedback_escalated_says_to_whom")
        ),
        sa.CheckConstraint(
            "state != 'shared_with_provider' OR (shared_on IS NOT NULL AND length(told_provider) > 0)",
            name=op.f("ck_feedback_shared_says_what"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'acknowledged', 'clarifying') OR risk IS NOT NULL",
            name=op.f("ck_feedback_triaged_has_risk"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_feedback_created_by_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["ab_user.id"], name=op.f("fk_feedback_officer_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_feedback_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_feedback_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_feedback_created_by_id"), "feedback", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_feedback_officer_id"), "feedback", ["officer_id"], unique=False)
    op.create_index(op.f("ix_feedback_provider_id"), "feedback", ["provider_id"], unique=False)
    op.create_index(op.f("ix_feedback_received_on"), "feedback", ["received_on"], unique=False)
    op.create_index(op.f("ix_feedback_service_id"), "feedback", ["service_id"], unique=False)
    op.create_index(op.f("ix_feedback_state"), "feedback", ["state"], unique=False)
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("computed", "judged", name="indicatorsource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("registered", sa.Boolean(), nullable=True),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_indicator_created_by_id")),
        sa.ForeignKeyConstraint(
            ["framework_id", "scheme"],
            ["scheme.framework_id", "scheme.key"],
            name=op.f("fk_indicator_framework_id_scheme"),
        ),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_indicator_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("framework_id", "scheme", "key", name=op.f("uq_indicator_framework_id_scheme_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_indicator_created_by_id"), "indicator", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_indicator_framework_id"), "indicator", ["framework_id"], unique=False)
    op.create_table(
        "manager_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "held",
            sa.Enum(
                "in_post",
                "acting",
                "absent",
                "vacant",
                name="poststate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_manager_post_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_manager_post_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_manager_post_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_post")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_manager_post_created_by_id"), "manager_post", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_manager_post_service_id"), "manager_post", ["service_id"], unique=False)
    op.create_index(
        "uq_manager_post_one_now",
        "manager_post",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("to_on IS NULL"),
        postgresql_where=sa.text("to_on IS NULL"),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mdt",
                "keeping_in_touch",
                "contract_review",
                "group",
                "forum",
                "engagement",
                "safeguarding_unit",
                "healthwatch",
                "other",
                name="meetingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "convened",
                "scheduled",
                "held",
                "minutes_drafted",
                "minutes_approved",
                "circulated",
                "notes_shared",
                "closed",
                "not_required",
                "stood_down",
                "cancelled",
                name="meetingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "council",
                "provider",
                "rating",
                name="meetingorigin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("activity_type_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meets_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("ended_because", sa.String(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=True),
        sa.Column("correction_reason", sa.String(), nullable=True),
        sa.Column("concerns", sa.String(), nullable=True),
        sa.Column("concerns_answer", sa.String(), nullable=True),
        sa.Column("decided_by_group", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_minute", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'mdt' AND state NOT IN ('notes_shared', 'cancelled')) OR (kind != 'mdt' AND state IN ('scheduled', 'held', 'notes_shared', 'closed', 'cancelled'))",
            name=op.f("ck_meeting_state_is_of_its_kind"),
        ),
        sa.CheckConstraint("kind != 'mdt' OR provider_id IS NOT NULL", name=op.f("ck_meeting_mdt_is_about_a_provider")),
        sa.CheckConstraint(
            "state != 'minutes_drafted' OR coalesce(length(minutes), 0) > 0",
            name=op.f("ck_meeting_draft_says_something"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'convened', 'not_required', 'stood_down') OR (starts_at IS NOT NULL AND meets_on IS NOT NULL)",
            name=op.f("ck_meeting_scheduled_has_moment"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('not_required', 'stood_down', 'cancelled') OR coalesce(length(ended_because), 0) > 0",
            name=op.f("ck_meeting_ended_has_reason"),
        ),
        sa.CheckConstraint(
            "service_id IS NULL OR provider_id IS NOT NULL", name=op.f("ck_meeting_service_has_provider")
        ),
        sa.ForeignKeyConstraint(["activity_type_id"], ["activity_type.id"], name=op.f("fk_meeting_activity_type_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_meeting_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_meeting_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_meeting_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_activity_type_id"), "meeting", ["activity_type_id"], unique=False)
    op.create_index(op.f("ix_meeting_created_by_id"), "meeting", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_meeting_meets_on"), "meeting", ["meets_on"], unique=False)
    op.create_index(op.f("ix_meeting_provider_id"), "meeting", ["provider_id"], unique=False)
    op.create_index(op.f("ix_meeting_service_id"), "meeting", ["service_id"], unique=False)
    op.create_index(op.f("ix_meeting_state"), "meeting", ["state"], unique=False)
    op.create_table(
        "occupancy_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("occupied", sa.Integer(), nullable=False),
        sa.Column("vacant", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("occupied >= 0", name=op.f("ck_occupancy_return_occupied_not_negative")),
        sa.CheckConstraint("vacant >= 0", name=op.f("ck_occupancy_return_vacant_not_negative")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_occupancy_return_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_occupancy_return_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy_return")),
        sa.UniqueConstraint("service_id", "counted_on", name=op.f("uq_occupancy_return_service_id_counted_on")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_occupancy_return_created_by_id"), "occupancy_return", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_occupancy_return_service_id"), "occupancy_return", ["service_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "action_plan",
                "improvement_plan",
                "remediation_plan",
                name="plankind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "agreed",
                "complete",
                "closed",
                "withdrawn",
                name="planstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("escalated_to", sa.String(), nullable=True),
        sa.Column("escalated_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('draft', 'proposed', 'withdrawn')) = (agreed_on IS NULL)", name=op.f("ck_plan_agreed_has_day")
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'withdrawn')) = (proposed_on IS NULL)", name=op.f("ck_plan_proposed_has_day")
        ),
        sa.CheckConstraint("(escalated_to IS NULL) = (escalated_on IS NULL)", name=op.f("ck_plan_escalated_has_day")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_plan_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_plan_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_plan_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_plan_created_by_id"), "plan", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_plan_provider_id"), "plan", ["provider_id"], unique=False)
    op.create_index(op.f("ix_plan_service_id"), "plan", ["service_id"], unique=False)
    op.create_index(op.f("ix_plan_state"), "plan", ["state"], unique=False)
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column(
            "overall",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "safe",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "effective",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "caring",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "responsive",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "well_led",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("inherited_from", sa.String(), nullable=True),
        sa.Column("report_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_rating_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("service_id", "source_key", name=op.f("uq_rating_service_id_source_key")),
    )
    op.create_index(op.f("ix_rating_service_id"), "rating", ["service_id"], unique=False)
    op.create_index(
        "uq_rating_one_current",
        "rating",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "register_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("predecessor", "successor", name="linkkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("related_id", sa.String(), nullable=False),
        sa.Column("related_name", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(service_id IS NULL) != (provider_id IS NULL)", name=op.f("ck_register_link_service_or_provider")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_register_link_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_register_link_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_link")),
    )
    op.create_index(op.f("ix_register_link_provider_id"), "register_link", ["provider_id"], unique=False)
    op.create_index(op.f("ix_register_link_related_id"), "register_link", ["related_id"], unique=False)
    op.create_index(op.f("ix_register_link_service_id"), "register_link", ["service_id"], unique=False)
    op.create_index(
        "uq_register_link_once",
        "register_link",
        [
            sa.literal_column("coalesce(service_id, 0)"),
            sa.literal_column("coalesce(provider_id, 0)"),
            "kind",
            "related_id",
        ],
        unique=True,
    )
    op.create_table(
        "register_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "regulator",
            sa.Enum(
                "cqc",
                "ciw",
                "care_inspectorate",
                "rqia",
                "none",
                name="regulator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("town", sa.String(), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("source_file", sa.String(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column(
            "certainty",
            sa.Enum(
                "exact",
                "likely",
                "possible",
                "unlike",
                name="certainty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "matched",
                "added",
                "dismissed",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('matched', 'added')) = (service_id IS NOT NULL)",
            name=op.f("ck_register_proposal_decided_names_service"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_register_proposal_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_register_proposal_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_proposal")),
        sa.UniqueConstraint("regulator", "key", "number", name=op.f("uq_register_proposal_regulator_key_number")),
        sa.UniqueConstraint("service_id", name=op.f("uq_register_proposal_service_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_register_proposal_created_by_id"), "register_proposal", ["created_by_id"], unique=False)
    op.create_index(
        "ix_register_proposal_state_certainty_name", "register_proposal", ["state", "certainty", "name"], unique=False
    )
    op.create_table(
        "safeguarding_process",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "large_scale_enquiry",
                "organisational",
                name="safeguardingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                "withdrawn",
                name="safeguardingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("opener", sa.String(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closer", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_safeguarding_process_closed_has_day")
        ),
        sa.CheckConstraint(
            "state NOT IN ('open', 'closed') OR opened_on IS NOT NULL",
            name=op.f("ck_safeguarding_process_open_has_day"),
        ),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_safeguarding_process_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_safeguarding_process_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_safeguarding_process_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_safeguarding_process_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarding_process")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_safeguarding_process_created_by_id"), "safeguarding_process", ["created_by_id"], unique=False
    )
    op.create_index(op.f("ix_safeguarding_process_provider_id"), "safeguarding_process", ["provider_id"], unique=False)
    op.create_index(op.f("ix_safeguarding_process_service_id"), "safeguarding_process", ["service_id"], unique=False)
    op.create_index(op.f("ix_safeguarding_process_state"), "safeguarding_process", ["state"], unique=False)
    op.create_table(
        "service_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "rejected",
                "withdrawn",
                "replaced",
                name="bandstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("decided_by_group", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_minute", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'replaced') = (until_on IS NOT NULL)", name=op.f("ck_service_band_replaced_has_day")
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'replaced')) = (from_on IS NOT NULL)",
            name=op.f("ck_service_band_confirmed_has_day"),
        ),
        sa.CheckConstraint("length(grounds) > 0", name=op.f("ck_service_band_says_why")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_service_band_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_service_band_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_band_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_band")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_service_band_created_by_id"), "service_band", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_service_band_service_id"), "service_band", ["service_id"], unique=False)
    op.create_index(op.f("ix_service_band_state"), "service_band", ["state"], unique=False)
    op.create_index(
        "uq_service_band_one_confirmed",
        "service_band",
        ["service_id", "scheme"],
        unique=True,
        sqlite_where=sa.text("state = 'confirmed'"),
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_index(
        "uq_service_band_one_proposed",
        "service_band",
        ["service_id", "scheme"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "service_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_service_part_created_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_part_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_part")),
        sa.UniqueConstraint("service_id", "name", name=op.f("uq_service_part_service_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_service_part_created_by_id"), "service_part", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_service_part_service_id"), "service_part", ["service_id"], unique=False)
    op.create_table(
        "succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("predecessor_provider_id", sa.Integer(), nullable=True),
        sa.Column("successor_provider_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "carries",
                "end_proposed",
                "ended",
                name="successionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_group", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_minute", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state != 'ended' OR decided_by_id IS NOT NULL", name=op.f("ck_succession_ended_has_decider")
        ),
        sa.CheckConstraint(
            "(acknowledged_by_id IS NULL) = (acknowledged_at IS NULL)",
            name=op.f("ck_succession_acknowledged_by_and_at"),
        ),
        sa.CheckConstraint(
            "(predecessor_id IS NULL) = (successor_id IS NULL) AND (predecessor_provider_id IS NULL) = (successor_provider_id IS NULL) AND (predecessor_id IS NULL) != (predecessor_provider_id IS NULL)",
            name=op.f("ck_succession_services_or_providers"),
        ),
        sa.CheckConstraint("decided_by_id != proposed_by_id", name=op.f("ck_succession_not_self_decided")),
        sa.CheckConstraint(
            "predecessor_id != successor_id AND predecessor_provider_id != successor_provider_id",
            name=op.f("ck_succession_not_itself"),
        ),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["ab_user.id"], name=op.f("fk_succession_acknowledged_by_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_succession_created_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["ab_user.id"], name=op.f("fk_succession_decided_by_id")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["service.id"], name=op.f("fk_succession_predecessor_id")),
        sa.ForeignKeyConstraint(
            ["predecessor_provider_id"], ["provider.id"], name=op.f("fk_succession_predecessor_provider_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"], name=op.f("fk_succession_proposed_by_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["service.id"], name=op.f("fk_succession_successor_id")),
        sa.ForeignKeyConstraint(
            ["successor_provider_id"], ["provider.id"], name=op.f("fk_succession_successor_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint("predecessor_id", "successor_id", name=op.f("uq_succession_predecessor_id_successor_id")),
        sa.UniqueConstraint(
            "predecessor_provider_id",
            "successor_provider_id",
            name=op.f("uq_succession_predecessor_provider_id_successor_provider_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_succession_created_by_id"), "succession", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_succession_successor_id"), "succession", ["successor_id"], unique=False)
    op.create_index(op.f("ix_succession_successor_provider_id"), "succession", ["successor_provider_id"], unique=False)
    op.create_table(
        "validation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("case_reference", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "checking",
                "recommended",
                "approved",
                "approved_with_conditions",
                "declined",
                "expired",
                "withdrawn",
                name="validationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recommendation", sa.String(), nullable=True),
        sa.Column("conditions", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state != 'approved_with_conditions' OR coalesce(length(conditions), 0) > 0",
            name=op.f("ck_validation_conditions_are_said"),
        ),
        sa.CheckConstraint(
            "state != 'declined' OR coalesce(length(outcome), 0) > 0", name=op.f("ck_validation_declined_says_why")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'approved_with_conditions', 'declined', 'expired') OR decided_on IS NOT NULL",
            name=op.f("ck_validation_decided_has_day"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'approved_with_conditions', 'expired') OR expires_on IS NOT NULL",
            name=op.f("ck_validation_approved_expires"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('recommended', 'approved', 'approved_with_conditions', 'expired') OR coalesce(length(recommendation), 0) > 0",
            name=op.f("ck_validation_recommended_says_what"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_validation_created_by_id")),
        sa.ForeignKeyConstraint(["host_id"], ["host_authority.id"], name=op.f("fk_validation_host_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_validation_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_validation_created_by_id"), "validation", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_validation_expires_on"), "validation", ["expires_on"], unique=False)
    op.create_index(op.f("ix_validation_host_id"), "validation", ["host_id"], unique=False)
    op.create_index(op.f("ix_validation_service_id"), "validation", ["service_id"], unique=False)
    op.create_index(op.f("ix_validation_state"), "validation", ["state"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "awaiting_authorisation",
                "scheduled",
                "under_way",
                "written_up",
                "published",
                "cancelled",
                name="visitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("tasks", sa.String(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authorisation_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("authorised_by_id", sa.Integer(), nullable=True),
        sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overrun_reason", sa.String(), nullable=True),
        sa.Column("feedback_to", sa.String(), nullable=True),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback", sa.String(), nullable=True),
        sa.Column("consulted", sa.String(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "excellent",
                "good",
                "requires_improvement",
                "poor",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_group", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_minute", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_visit_published_has_moment")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'awaiting_authorisation', 'cancelled') OR (officer_id IS NOT NULL AND starts_at IS NOT NULL)",
            name=op.f("ck_visit_scheduled_names_officer_and_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('written_up', 'published') OR (began_at IS NOT NULL AND ended_at IS NOT NULL)",
            name=op.f("ck_visit_written_up_has_begun_and_ended"),
        ),
        sa.CheckConstraint("authorised_by_id != authorisation_asked_by_id", name=op.f("ck_visit_not_self_authorised")),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_visit_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["activity_type_id"], ["activity_type.id"], name=op.f("fk_visit_activity_type_id")),
        sa.ForeignKeyConstraint(
            ["authorisation_asked_by_id"], ["ab_user.id"], name=op.f("fk_visit_authorisation_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["authorised_by_id"], ["ab_user.id"], name=op.f("fk_visit_authorised_by_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_visit_created_by_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["ab_user.id"], name=op.f("fk_visit_officer_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_visit_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_visit_activity_type_id"), "visit", ["activity_type_id"], unique=False)
    op.create_index(op.f("ix_visit_created_by_id"), "visit", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_visit_officer_id"), "visit", ["officer_id"], unique=False)
    op.create_index(op.f("ix_visit_service_id"), "visit", ["service_id"], unique=False)
    op.create_index(op.f("ix_visit_starts_at"), "visit", ["starts_at"], unique=False)
    op.create_index(op.f("ix_visit_state"), "visit", ["state"], unique=False)
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("significant", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "assessment",
                "visit",
                "meeting",
                "complaint",
                "suspension",
                "regulator",
                "councillor",
                "other",
                name="actionsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_reference", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "reported_done",
                "verified",
                "withdrawn",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.String(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'verified') = (verified_on IS NOT NULL)", name=op.f("ck_action_verified_has_day")),
        sa.CheckConstraint("state != 'reported_done' OR done_on IS NOT NULL", name=op.f("ck_action_done_has_day")),
        sa.CheckConstraint("state != 'verified' OR length(evidence) > 0", name=op.f("ck_action_verified_has_evidence")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_action_created_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_action_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_action_created_by_id"), "action", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_action_due_on"), "action", ["due_on"], unique=False)
    op.create_index(op.f("ix_action_plan_id"), "action", ["plan_id"], unique=False)
    op.create_index(op.f("ix_action_state"), "action", ["state"], unique=False)
    op.create_table(
        "authority_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("validation_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "used_service",
                "host_contact",
                name="referencekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("chased_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("no_answer", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "NOT no_answer OR (chased_on IS NOT NULL AND answered_on IS NULL)",
            name=op.f("ck_authority_reference_no_answer_after_chasing"),
        ),
        sa.CheckConstraint("answered_on >= asked_on", name=op.f("ck_authority_reference_answered_after_asked")),
        sa.CheckConstraint(
            "answered_on IS NULL OR length(text) > 0", name=op.f("ck_authority_reference_answer_says_something")
        ),
        sa.CheckConstraint("chased_on >= asked_on", name=op.f("ck_authority_reference_chased_after_asked")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["host_authority.id"], name=op.f("fk_authority_reference_authority_id")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_authority_reference_created_by_id")),
        sa.ForeignKeyConstraint(
            ["validation_id"], ["validation.id"], name=op.f("fk_authority_reference_validation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_authority_reference_authority_id"), "authority_reference", ["authority_id"], unique=False)
    op.create_index(
        op.f("ix_authority_reference_created_by_id"), "authority_reference", ["created_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_authority_reference_validation_id"), "authority_reference", ["validation_id"], unique=False
    )
    op.create_table(
        "contact_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "email",
                "meeting",
                "letter",
                name="notechannel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_contact_note_says_something")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_note_contact_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_contact_note_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_contact_note_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_contact_note_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_note_at"), "contact_note", ["at"], unique=False)
    op.create_index(op.f("ix_contact_note_created_by_id"), "contact_note", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_contact_note_provider_id"), "contact_note", ["provider_id"], unique=False)
    op.create_index(op.f("ix_contact_note_service_id"), "contact_note", ["service_id"], unique=False)
    op.create_table(
        "continuity_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("held", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_continuity_test_created_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["continuity_plan.id"], name=op.f("fk_continuity_test_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_continuity_test")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_continuity_test_created_by_id"), "continuity_test", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_continuity_test_plan_id"), "continuity_test", ["plan_id"], unique=False)
    op.create_table(
        "meeting_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column(
            "attendance",
            sa.Enum(
                "invited",
                "attended",
                "apologies",
                name="attendance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "agency_id IS NULL OR provider_id IS NULL", name=op.f("ck_meeting_attendance_agency_or_provider")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_meeting_attendance_agency_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_meeting_attendance_created_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_meeting_attendance_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendance")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_attendance_agency_id"), "meeting_attendance", ["agency_id"], unique=False)
    op.create_index(op.f("ix_meeting_attendance_created_by_id"), "meeting_attendance", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_meeting_attendance_meeting_id"), "meeting_attendance", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_meeting_attendance_provider_id"), "meeting_attendance", ["provider_id"], unique=False)
    op.create_table(
        "meeting_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("significant", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "carried", name="meetingdecisionstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_meeting_decision_created_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_decision_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_decision")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_decision_created_by_id"), "meeting_decision", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_meeting_decision_meeting_id"), "meeting_decision", ["meeting_id"], unique=False)
    op.create_table(
        "meeting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("updates", sa.String(), nullable=False),
        sa.Column("assurances", sa.String(), nullable=False),
        sa.Column("discussion", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_meeting_item_position_is_positive")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_meeting_item_created_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_item_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_item")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_meeting_item_meeting_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_item_created_by_id"), "meeting_item", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_meeting_item_meeting_id"), "meeting_item", ["meeting_id"], unique=False)
    op.create_table(
        "meeting_minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_meeting_minutes_approved_has_approver")
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_meeting_minutes_says_something")),
        sa.CheckConstraint("number = 1 OR length(reason) > 0", name=op.f("ck_meeting_minutes_correction_has_reason")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["ab_user.id"], name=op.f("fk_meeting_minutes_approved_by_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_meeting_minutes_created_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_minutes_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_minutes")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_meeting_minutes_meeting_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_minutes_created_by_id"), "meeting_minutes", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_meeting_minutes_meeting_id"), "meeting_minutes", ["meeting_id"], unique=False)
    op.create_table(
        "obligation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "cadence", "deadline", name="obligationsource", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("record_type", sa.String(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_time", sa.Time(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("last_done_on", sa.Date(), nullable=True),
        sa.Column("counted_from", sa.Date(), nullable=True),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("paused_since", sa.Date(), nullable=True),
        sa.Column("warn_on", sa.Date(), nullable=True),
        sa.Column("escalate_on", sa.Date(), nullable=True),
        sa.Column("escalates_to", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(source = 'deadline') = (record_type IS NOT NULL AND record_id IS NOT NULL AND step IS NOT NULL)",
            name=op.f("ck_obligation_deadline_names_record"),
        ),
        sa.CheckConstraint(
            "source = 'deadline' OR activity IS NOT NULL", name=op.f("ck_obligation_cadence_names_activity")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_obligation_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["ab_user.id"], name=op.f("fk_obligation_officer_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_obligation_provider_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_obligation_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("identity", name=op.f("uq_obligation_identity")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_obligation_activity"), "obligation", ["activity"], unique=False)
    op.create_index(op.f("ix_obligation_contract_id"), "obligation", ["contract_id"], unique=False)
    op.create_index(op.f("ix_obligation_due_on"), "obligation", ["due_on"], unique=False)
    op.create_index("ix_obligation_officer_due", "obligation", ["officer_id", "due_on"], unique=False)
    op.create_index(op.f("ix_obligation_provider_id"), "obligation", ["provider_id"], unique=False)
    op.create_index("ix_obligation_record", "obligation", ["record_type", "record_id"], unique=False)
    op.create_index(op.f("ix_obligation_service_id"), "obligation", ["service_id"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "recorded", "withdrawn", name="occurrencestate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_type_id"], ["activity_type.id"], name=op.f("fk_occurrence_activity_type_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_occurrence_contract_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_occurrence_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_occurrence_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_occurrence_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_occurrence_activity_type_id"), "occurrence", ["activity_type_id"], unique=False)
    op.create_index(op.f("ix_occurrence_contract_id"), "occurrence", ["contract_id"], unique=False)
    op.create_index(op.f("ix_occurrence_created_by_id"), "occurrence", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_occurrence_provider_id"), "occurrence", ["provider_id"], unique=False)
    op.create_index(op.f("ix_occurrence_service_id"), "occurrence", ["service_id"], unique=False)
    op.create_table(
        "oversight_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("membership", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("activity", sa.String(), nullable=True),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(scheme IS NULL) = (band IS NULL)", name=op.f("ck_oversight_group_band_has_scheme")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_oversight_group_created_by_id")),
        sa.ForeignKeyConstraint(
            ["framework_id", "activity"],
            ["activity_type.framework_id", "activity_type.key"],
            name=op.f("fk_oversight_group_framework_id_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["framework_id", "scheme", "band"],
            ["band.framework_id", "band.scheme", "band.key"],
            name=op.f("fk_oversight_group_framework_id_scheme_band"),
        ),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_oversight_group_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_group")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_oversight_group_framework_id_key")),
        sa.UniqueConstraint("framework_id", "name", name=op.f("uq_oversight_group_framework_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_oversight_group_created_by_id"), "oversight_group", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_oversight_group_framework_id"), "oversight_group", ["framework_id"], unique=False)
    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("validation_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("case_reference", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "host_notified",
                "host_not_notified",
                "active",
                "ended",
                "withdrawn",
                name="placementstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("host_contact_id", sa.Integer(), nullable=True),
        sa.Column("our_contact", sa.String(), nullable=True),
        sa.Column("notice", sa.String(), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("not_notified_reason", sa.String(), nullable=True),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("agreement_reference", sa.String(), nullable=True),
        sa.Column("active_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("host_told_on", sa.Date(), nullable=True),
        sa.Column(
            "rating_found",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("rating_checked_on", sa.Date(), nullable=True),
        sa.Column("next_rating_check_on", sa.Date(), nullable=True),
        sa.Column("host_checked_on", sa.Date(), nullable=True),
        sa.Column("host_check_note", sa.String(), nullable=True),
        sa.Column("next_host_check_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(notified_on IS NULL) = (notice IS NULL) AND (state != 'host_notified' OR notified_on IS NOT NULL)",
            name=op.f("ck_placement_notified_has_notice"),
        ),
        sa.CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_placement_ended_has_day")),
        sa.CheckConstraint(
            "state NOT IN ('active', 'ended') OR (active_on IS NOT NULL AND agreement_on IS NOT NULL)",
            name=op.f("ck_placement_active_has_agreement"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'ended') OR notified_on IS NOT NULL OR coalesce(length(not_notified_reason), 0) > 0",
            name=op.f("ck_placement_host_notified_or_reason"),
        ),
        sa.CheckConstraint("ended_on >= active_on", name=op.f("ck_placement_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_placement_created_by_id")),
        sa.ForeignKeyConstraint(
            ["host_contact_id"], ["authority_contact.id"], name=op.f("fk_placement_host_contact_id")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["host_authority.id"], name=op.f("fk_placement_host_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_placement_service_id")),
        sa.ForeignKeyConstraint(["validation_id"], ["validation.id"], name=op.f("fk_placement_validation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_placement_created_by_id"), "placement", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_placement_host_id"), "placement", ["host_id"], unique=False)
    op.create_index(op.f("ix_placement_next_host_check_on"), "placement", ["next_host_check_on"], unique=False)
    op.create_index(op.f("ix_placement_next_rating_check_on"), "placement", ["next_rating_check_on"], unique=False)
    op.create_index(op.f("ix_placement_service_id"), "placement", ["service_id"], unique=False)
    op.create_index(op.f("ix_placement_state"), "placement", ["state"], unique=False)
    op.create_index(op.f("ix_placement_validation_id"), "placement", ["validation_id"], unique=False)
    op.create_table(
        "regulator_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("validation_id", sa.Integer(), nullable=False),
        sa.Column(
            "regulator",
            sa.Enum(
                "cqc",
                "ciw",
                "care_inspectorate",
                "rqia",
                "none",
                name="regulator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column(
            "rating",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_regulator_check_created_by_id")),
        sa.ForeignKeyConstraint(["validation_id"], ["validation.id"], name=op.f("fk_regulator_check_validation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulator_check")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_regulator_check_created_by_id"), "regulator_check", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_regulator_check_validation_id"), "regulator_check", ["validation_id"], unique=False)
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "with_conditions",
                "voluntary",
                "no_new_purchase",
                name="restrictioneffect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "in_force",
                "lift_requested",
                "lifted",
                "declined",
                "withdrawn",
                name="suspensionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("resident_risk", sa.String(), nullable=False),
        sa.Column("number_placed", sa.Integer(), nullable=True),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column(
            "mandatory_ground",
            sa.Enum(
                "cqc_inadequate",
                "mdt_considered",
                "improvement_plan",
                "large_scale_enquiry",
                "licence_lost",
                "continuity_not_assured",
                name="triggerevent",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("next_steps_on", sa.Date(), nullable=True),
        sa.Column("lift_requested_by_id", sa.Integer(), nullable=True),
        sa.Column("lift_evidence", sa.String(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("decided_by_group", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_minute", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'lifted') = (ends_on IS NOT NULL)", name=op.f("ck_suspension_lifted_has_end")),
        sa.CheckConstraint(
            "(state IN ('draft', 'submitted', 'withdrawn')) = (decided_at IS NULL)",
            name=op.f("ck_suspension_decided_has_moment"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('in_force', 'lift_requested', 'lifted') OR (starts_on IS NOT NULL AND next_review_on IS NOT NULL)",
            name=op.f("ck_suspension_in_force_has_start_and_review"),
        ),
        sa.CheckConstraint("decided_by_id != submitted_by_id", name=op.f("ck_suspension_not_self_decided")),
        sa.CheckConstraint("lifted_by_id != lift_requested_by_id", name=op.f("ck_suspension_not_self_lifted")),
        sa.CheckConstraint("number_placed >= 0", name=op.f("ck_suspension_placed_not_negative")),
        sa.CheckConstraint("part_id IS NULL OR service_id IS NOT NULL", name=op.f("ck_suspension_part_has_service")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_suspension_created_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["ab_user.id"], name=op.f("fk_suspension_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["lift_requested_by_id"], ["ab_user.id"], name=op.f("fk_suspension_lift_requested_by_id")
        ),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["ab_user.id"], name=op.f("fk_suspension_lifted_by_id")),
        sa.ForeignKeyConstraint(["part_id"], ["service_part.id"], name=op.f("fk_suspension_part_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_suspension_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_suspension_service_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["ab_user.id"], name=op.f("fk_suspension_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_suspension_created_by_id"), "suspension", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_suspension_next_review_on"), "suspension", ["next_review_on"], unique=False)
    op.create_index(op.f("ix_suspension_next_steps_on"), "suspension", ["next_steps_on"], unique=False)
    op.create_index(op.f("ix_suspension_provider_id"), "suspension", ["provider_id"], unique=False)
    op.create_index(op.f("ix_suspension_service_id"), "suspension", ["service_id"], unique=False)
    op.create_index(op.f("ix_suspension_state"), "suspension", ["state"], unique=False)
    op.create_index(
        "uq_suspension_one_in_force",
        "suspension",
        ["provider_id", sa.literal_column("coalesce(service_id, 0)"), sa.literal_column("coalesce(part_id, 0)")],
        unique=True,
        sqlite_where=sa.text("state IN ('in_force', 'lift_requested')"),
        postgresql_where=sa.text("state IN ('in_force', 'lift_requested')"),
    )
    op.create_table(
        "visit_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("good_practice", sa.String(), nullable=False),
        sa.Column("concerns", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(findings) > 0", name=op.f("ck_visit_report_finds_something")),
        sa.CheckConstraint("number = 1 OR length(reason) > 0", name=op.f("ck_visit_report_correction_has_reason")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_visit_report_created_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_report_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_report")),
        sa.UniqueConstraint("visit_id", "number", name=op.f("uq_visit_report_visit_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_visit_report_created_by_id"), "visit_report", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_visit_report_visit_id"), "visit_report", ["visit_id"], unique=False)
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "authorise_visit",
                "suspension",
                "convene_mdt",
                "confirm_band",
                "provider_failure",
                "default_notice",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "effect",
            sa.Enum(
                "with_conditions",
                "voluntary",
                "no_new_purchase",
                name="restrictioneffect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("group_name", sa.String(), nullable=True),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(role IS NULL) != (group_name IS NULL)", name=op.f("ck_approval_rule_role_or_group")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_approval_rule_created_by_id")),
        sa.ForeignKeyConstraint(
            ["framework_id", "group_name"],
            ["oversight_group.framework_id", "oversight_group.name"],
            name=op.f("fk_approval_rule_framework_id_group_name"),
        ),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_approval_rule_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_approval_rule_created_by_id"), "approval_rule", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_approval_rule_framework_id"), "approval_rule", ["framework_id"], unique=False)
    op.create_index(
        "uq_approval_rule_one_each",
        "approval_rule",
        ["framework_id", "decision", sa.literal_column("coalesce(effect, '')")],
        unique=True,
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suspension_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "decision",
                "variation",
                "lift_refused",
                "lifted",
                name="letterkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_letter_sha256_whole")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_letter_created_by_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_letter_provider_id")),
        sa.ForeignKeyConstraint(["suspension_id"], ["suspension.id"], name=op.f("fk_letter_suspension_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_letter_created_by_id"), "letter", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_letter_provider_id"), "letter", ["provider_id"], unique=False)
    op.create_index(op.f("ix_letter_suspension_id"), "letter", ["suspension_id"], unique=False)
    op.create_table(
        "meeting_circulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("circulated_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(agency_id IS NULL) != (provider_id IS NULL)", name=op.f("ck_meeting_circulation_agency_or_provider")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_meeting_circulation_agency_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_meeting_circulation_created_by_id")),
        sa.ForeignKeyConstraint(["minutes_id"], ["meeting_minutes.id"], name=op.f("fk_meeting_circulation_minutes_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_meeting_circulation_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_circulation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_circulation_agency_id"), "meeting_circulation", ["agency_id"], unique=False)
    op.create_index(
        op.f("ix_meeting_circulation_created_by_id"), "meeting_circulation", ["created_by_id"], unique=False
    )
    op.create_index(op.f("ix_meeting_circulation_minutes_id"), "meeting_circulation", ["minutes_id"], unique=False)
    op.create_index(op.f("ix_meeting_circulation_provider_id"), "meeting_circulation", ["provider_id"], unique=False)
    op.create_index(
        "uq_meeting_circulation_once",
        "meeting_circulation",
        ["minutes_id", sa.literal_column("coalesce(agency_id, 0)"), sa.literal_column("coalesce(provider_id, 0)")],
        unique=True,
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "ended", name="pausestate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("obligation_id", sa.Integer(), nullable=True),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'ended') = (until_on IS NOT NULL)", name=op.f("ck_pause_ended_has_day")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_pause_says_why")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_pause_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_pause_created_by_id")),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_pause_obligation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_pause_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_pause_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pause_created_by_id"), "pause", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_pause_identity"), "pause", ["identity"], unique=False)
    op.create_index(op.f("ix_pause_obligation_id"), "pause", ["obligation_id"], unique=False)
    op.create_index(op.f("ix_pause_provider_id"), "pause", ["provider_id"], unique=False)
    op.create_index(op.f("ix_pause_service_id"), "pause", ["service_id"], unique=False)
    op.create_index(
        "uq_pause_one_running",
        "pause",
        ["identity"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "rating_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "host_contact",
                "direct_payments",
                name="alertkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=True),
        sa.Column("payment_check_id", sa.Integer(), nullable=True),
        sa.Column(
            "rating",
            sa.Enum(
                "outstanding",
                "good",
                "requires_improvement",
                "inadequate",
                "inspected_not_rated",
                "no_published_rating",
                "insufficient_evidence",
                "not_rated",
                "no_action",
                "compliance_action",
                name="ratingvalue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="alertstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("done", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'direct_payments') = (payment_check_id IS NOT NULL)",
            name=op.f("ck_rating_alert_direct_payments_for_check"),
        ),
        sa.CheckConstraint(
            "(kind = 'host_contact') = (placement_id IS NOT NULL)",
            name=op.f("ck_rating_alert_host_contact_for_placement"),
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_rating_alert_closed_has_day")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_rating_alert_created_by_id")),
        sa.ForeignKeyConstraint(
            ["payment_check_id"], ["direct_payment_check.id"], name=op.f("fk_rating_alert_payment_check_id")
        ),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_rating_alert_placement_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_rating_alert_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_alert")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rating_alert_created_by_id"), "rating_alert", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_rating_alert_found_on"), "rating_alert", ["found_on"], unique=False)
    op.create_index(op.f("ix_rating_alert_payment_check_id"), "rating_alert", ["payment_check_id"], unique=False)
    op.create_index(op.f("ix_rating_alert_placement_id"), "rating_alert", ["placement_id"], unique=False)
    op.create_index(op.f("ix_rating_alert_service_id"), "rating_alert", ["service_id"], unique=False)
    op.create_index(op.f("ix_rating_alert_state"), "rating_alert", ["state"], unique=False)
    op.create_index(
        "uq_rating_alert_one_open",
        "rating_alert",
        [sa.literal_column("coalesce(placement_id, 0)"), sa.literal_column("coalesce(payment_check_id, 0)"), "rating"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "suspension_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suspension_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("review", "next_steps", name="reviewkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("still_needed", sa.Boolean(), nullable=True),
        sa.Column("risks", sa.String(), nullable=False),
        sa.Column("next_steps", sa.String(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'review') = (still_needed IS NOT NULL)",
            name=op.f("ck_suspension_review_review_says_whether_needed"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_suspension_review_created_by_id")),
        sa.ForeignKeyConstraint(["suspension_id"], ["suspension.id"], name=op.f("fk_suspension_review_suspension_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension_review")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_suspension_review_created_by_id"), "suspension_review", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_suspension_review_suspension_id"), "suspension_review", ["suspension_id"], unique=False)
    op.create_table(
        "suspension_variation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suspension_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "made",
                "refused",
                name="variationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "with_conditions",
                "voluntary",
                "no_new_purchase",
                name="restrictioneffect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column(
            "old_kind",
            sa.Enum(
                "with_conditions",
                "voluntary",
                "no_new_purchase",
                name="restrictioneffect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("old_conditions", sa.String(), nullable=False),
        sa.Column("old_service_id", sa.Integer(), nullable=True),
        sa.Column("old_part_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by_id IS NULL)", name=op.f("ck_suspension_variation_decided_has_decider")
        ),
        sa.CheckConstraint("decided_by_id != created_by_id", name=op.f("ck_suspension_variation_not_self_decided")),
        sa.ForeignKeyConstraint(["created_by_id"], ["ab_user.id"], name=op.f("fk_suspension_variation_created_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["ab_user.id"], name=op.f("fk_suspension_variation_decided_by_id")),
        sa.ForeignKeyConstraint(["old_part_id"], ["service_part.id"], name=op.f("fk_suspension_variation_old_part_id")),
        sa.ForeignKeyConstraint(
            ["old_service_id"], ["service.id"], name=op.f("fk_suspension_variation_old_service_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["service_part.id"], name=op.f("fk_suspension_variation_part_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_suspension_variation_service_id")),
        sa.ForeignKeyConstraint(
            ["suspension_id"], ["suspension.id"], name=op.f("fk_suspension_variation_suspension_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension_variation")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_suspension_variation_created_by_id"), "suspension_variation", ["created_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_suspension_variation_suspension_id"), "suspension_variation", ["suspension_id"], unique=False
    )
    op.create_index(
        "uq_suspension_variation_one_proposed",
        "suspension_variation",
        ["suspension_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    if dialect == "postgresql":
        for name, table, column, target in CIRCLE:
            op.create_foreign_key(op.f(name), table, target, [column], ["id"])
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Nothing comes before the first edition. Restore a backup instead.")
