"""chats and reasons

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chats',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('script', sa.String(length=120), nullable=False),
    sa.Column('state', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('party', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("party IN ('right_party', 'third_party', 'wrong_number', 'unverified')", name='party_known'),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_chats_account_id'), 'chats', ['account_id'], unique=False)
    op.create_index('ix_chats_open', 'chats', ['account_id', 'channel'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('chat_messages',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('chat_id', sa.BigInteger(), nullable=False),
    sa.Column('speaker', sa.String(length=10), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('because', sa.String(length=200), nullable=False),
    sa.Column('intents', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("speaker IN ('bot', 'customer')", name='speaker_known'),
    sa.ForeignKeyConstraint(['chat_id'], ['chats.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('reference')
    )
    op.create_index(op.f('ix_chat_messages_chat_id'), 'chat_messages', ['chat_id'], unique=False)
    for table, column, default in (
        ('callbacks', sa.Column('by', sa.String(length=10), nullable=False), 'bot'),
        ('campaigns', sa.Column('options', postgresql.JSONB(astext_type=sa.Text()), nullable=False), '{}'),
        ('turns', sa.Column('because', sa.String(length=200), nullable=False), ''),
    ):
        column.server_default = sa.DefaultClause(default)  # for the rows that are there already
        op.add_column(table, column)
        op.alter_column(table, column.name, server_default=None)
    op.create_check_constraint('by_known', 'callbacks', "by IN ('bot', 'human')")


def downgrade() -> None:
    op.drop_column('turns', 'because')
    op.drop_column('campaigns', 'options')
    op.drop_constraint('by_known', 'callbacks')
    op.drop_column('callbacks', 'by')
    op.drop_index(op.f('ix_chat_messages_chat_id'), table_name='chat_messages')
    op.drop_table('chat_messages')
    op.drop_index('ix_chats_open', table_name='chats', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_chats_account_id'), table_name='chats')
    op.drop_table('chats')
