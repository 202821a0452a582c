import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import { locksRows } from '../database.ts'

const CHOICE = {
  state: ['queued', 'running', 'completed', 'failed', 'cancelled'],
  priority: ['live', 'batch', 'low'],
  band: ['likely_manipulated', 'inconclusive', 'likely_authentic'],
}

const oneOf = (column: string, values: readonly string[]) =>
  sql<boolean>`${sql.ref(column)} in (${sql.join(values.map((value) => sql.lit(value)))})`

const withAnalysis = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
  table.addForeignKeyConstraint(
    `${(table.toOperationNode().table.table.identifier as { name: string }).name}_analysis`,
    ['analysis_id' as C],
    'analyses',
    ['id'],
    (constraint) => constraint.onDelete('cascade'),
  )

/** The first tables. Only types that both databases have: text, bigint, integer, double precision. */
export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db

  await schema
    .createTable('batches')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()

  await schema
    .createTable('analyses')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull().check(oneOf('state', CHOICE.state)))
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('priority', 'text', (column) => column.notNull().check(oneOf('priority', CHOICE.priority)))
    .addColumn('name', 'text')
    .addColumn('name_folded', 'text')
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('media_sha256', 'text', (column) => column.notNull())
    .addColumn('media_bytes', 'bigint', (column) => column.notNull())
    .addColumn('media_kind', 'text')
    .addColumn('media_format', 'text')
    .addColumn('media_blob', 'text')
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('models', 'text')
    .addColumn('settings_hash', 'text', (column) => column.notNull())
    .addColumn('models_hash', 'text')
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('retention', 'text', (column) => column.notNull())
    .addColumn('webhook', 'text')
    .addColumn('batch_id', 'text', (column) => column.references('batches.id').onDelete('set null'))
    .addColumn('batch_position', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('progress', 'text')
    .addColumn('verdict', 'text')
    .addColumn('band', 'text', (column) => column.check(oneOf('band', CHOICE.band)))
    .addColumn('probability', 'double precision')
    .addColumn('family', 'text')
    .addColumn('faces', 'integer')
    .addColumn('override', 'text', (column) => column.check(oneOf('override', CHOICE.band)))
    .addColumn('timings', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_message', 'text')
    .addColumn('error_retryable', 'integer')
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .execute()
  const analysisIndexes: [string, string[]][] = [
    ['analyses_created', ['created_at', 'id']],
    ['analyses_owner', ['owner', 'created_at']],
    ['analyses_state', ['state', 'created_at']],
    ['analyses_same', ['media_sha256', 'settings_hash']],
    ['analyses_batch', ['batch_id']],
    ['analyses_expires', ['expires_at']],
    ['analyses_finished', ['finished_at']],
  ]
  for (const [name, columns] of analysisIndexes) {
    await schema.createIndex(name).on('analyses').columns(columns).execute()
  }

  await sql`create index analyses_probability on analyses (coalesce(probability, -1), id)`.execute(db)

  await withAnalysis(
    schema
      .createTable('reports')
      .addColumn('analysis_id', 'text', (column) => column.primaryKey())
      .addColumn('report', 'text', (column) => column.notNull()),
  ).execute()

  await withAnalysis(
    schema
      .createTable('evidence')
      .addColumn('analysis_id', 'text', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('blob', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('evidence_key', ['analysis_id', 'name']),
  ).execute()

  await withAnalysis(
    schema
      .createTable('analysis_tags')
      .addColumn('analysis_id', 'text', (column) => column.notNull())
      .addColumn('tag', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('analysis_tags_key', ['tag', 'analysis_id']),
  ).execute()
  await schema.createIndex('analysis_tags_analysis').on('analysis_tags').column('analysis_id').execute()

  await withAnalysis(
    schema
      .createTable('jobs')
      .addColumn('analysis_id', 'text', (column) => column.primaryKey())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('priority', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('not_before', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('crashes', 'integer', (column) => column.notNull())
      .addColumn('token', 'integer', (column) => column.notNull())
      .addColumn('worker', 'text')
      .addColumn('lease_until', 'bigint'),
  ).execute()
  await schema.createIndex('jobs_position').on('jobs').columns(['position', 'analysis_id']).execute()
  await schema.createIndex('jobs_owner').on('jobs').columns(['owner', 'priority', 'position']).execute()
  await schema.createIndex('jobs_lease').on('jobs').column('lease_until').execute()

  await schema
    .createTable('workers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('concurrency', 'integer', (column) => column.notNull())
    .addColumn('running', 'integer', (column) => column.notNull())
    .addColumn('models', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute()

  await schema
    .createTable('api_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('start', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('requests_per_minute', 'integer')
    .addColumn('analyses_per_day', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute()

  await schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text')
    .addColumn('request_id', 'text')
    .addColumn('address', 'text')
    .execute()
  await schema.createIndex('audit_at').on('audit').columns(['at', 'id']).execute()
  await refuseChanges(db)

  await withAnalysis(
    schema
      .createTable('feedback')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('analysis_id', 'text', (column) => column.notNull())
      .addColumn('right', 'integer')
      .addColumn('rating', 'integer')
      .addColumn('comment', 'text')
      .addColumn('override', 'text', (column) => column.check(oneOf('override', CHOICE.band)))
      .addColumn('truth', 'text', (column) => column.check(oneOf('truth', ['real', 'fake'])))
      .addColumn('by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
  ).execute()
  await schema.createIndex('feedback_created').on('feedback').columns(['created_at', 'id']).execute()
  await schema.createIndex('feedback_analysis').on('feedback').column('analysis_id').execute()

  await schema
    .createTable('idempotency')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('route', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('body_hash', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('response', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('idempotency_key', ['owner', 'route', 'key'])
    .execute()

  await withAnalysis(
    schema
      .createTable('webhook_deliveries')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('analysis_id', 'text', (column) => column.notNull())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('secret', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('next_at', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('last_error', 'text'),
  ).execute()
  await schema
    .createIndex('webhook_deliveries_due')
    .on('webhook_deliveries')
    .columns(['state', 'next_at'])
    .execute()
}

/** The audit log is append-only for every client of the database, not only for this program. */
async function refuseChanges(db: Kysely<never>): Promise<void> {
  if (locksRows(db as never)) {
    await sql`create function audit_is_append_only() returns trigger language plpgsql as
      $$ begin raise exception 'audit is append-only'; end $$`.execute(db)
    await sql`create trigger audit_append_only before update or delete or truncate on audit
      for each statement execute function audit_is_append_only()`.execute(db)
    return
  }
  for (const change of ['update', 'delete']) {
    await sql`create trigger ${sql.id(`audit_no_${change}`)} before ${sql.raw(change)} on audit
      begin select raise(abort, 'audit is append-only'); end`.execute(db)
  }
}
