import { ANALYSIS_DEFAULTS, DEFAULT_LIMITS, RETENTION_PATTERN, Scope } from '@unswap/contract'
import Type, { type Static } from 'typebox'

const text = (value: string, description: string, env?: string) =>
  Type.String({ default: value, description, ...(env ? { env } : {}) })
const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description })
const whole = (value: number, description: string, minimum = 0) =>
  Type.Integer({ default: value, minimum, description })
const seconds = (value: number, description: string) =>
  Type.Number({ default: value, exclusiveMinimum: 0, description })
const choice = <T extends string>(values: T[], value: NoInfer<T>, description: string, env?: string) =>
  Type.Enum(values, { default: value, description, ...(env ? { env } : {}) })
const list = (description: string) => Type.Array(Type.String(), { default: [], description })
const section = <T extends Type.TProperties>(description: string, properties: T) =>
  Type.Object(properties, { default: {}, description, additionalProperties: false })

/**
 * Every setting of the service; `docs/configuration.md` and `.env.example` are generated from it. The variable of
 * `http.publicUrl` is `UNSWAP_HTTP_PUBLIC_URL`, and so on, unless `env` gives another name.
 */
export const ConfigSchema = Type.Object(
  {
    role: choice(
      ['all', 'api', 'worker'],
      'all',
      'all: answers requests and analyses; api or worker: one of both',
      'ROLE',
    ),
    dataDir: text('.unswap', 'folder of the embedded database, media, evidence and spooled uploads'),
    modelsDir: text('models', 'folder of `models/<id>/` folders'),
    webDir: text('packages/web/dist', 'folder of the built web application; served when it exists'),
    http: section('Listening and reading requests', {
      host: text('127.0.0.1', 'address to listen on; 0.0.0.0 for all', 'UNSWAP_HOST'),
      port: Type.Integer({
        default: 8000,
        minimum: 0,
        maximum: 65_535,
        description: 'port to listen on; 0 for any that is free',
        env: 'UNSWAP_PORT',
      }),
      publicUrl: text('', 'address of the service as others see it, without a final slash'),
      trustedProxies: list('addresses or networks whose X-Forwarded-For is believed'),
      corsOrigins: list('origins whose pages may call the API; none by default'),
      stallSeconds: seconds(15, 'an upload that sends nothing for so long is given up'),
      uploadSeconds: seconds(1800, 'longest upload'),
      waitSeconds: seconds(60, 'longest that a submission may ask to wait for its result'),
      shutdownSeconds: seconds(
        30,
        'how long work may finish after a signal; the rest goes back to the queue',
      ),
    }),
    access: section('Who may do what', {
      anonymous: choice(
        ['loopback', 'never', 'anyone'],
        'loopback',
        'who needs no key: callers on this machine, nobody, or anyone; the last reach analyses by their ids, and get no lists',
      ),
      anonymousScopes: Type.Array(Scope, {
        default: ['analyze', 'read', 'feedback'],
        description: 'what a caller without a key may do',
      }),
      requestsPerMinute: whole(6000, 'requests a minute of one key or address; 0 for no limit'),
      failuresPerMinute: whole(
        60,
        'wrong keys and tokens a minute from one address (IPv6: one /64), beyond which 401 becomes 429; valid ones always pass; 0 for no limit',
      ),
      analysesPerDay: whole(0, 'analyses a day of one key or address; 0 for no limit'),
      addressKey: text(
        '',
        'secret key for hashing callers’ addresses, in the audit log and to tell callers without a key apart; a new one at each start when empty; with `anonymous=anyone` set it, the same for all processes',
      ),
      oidcIssuer: text('', 'issuer of bearer tokens (OpenID Connect); empty for none'),
      oidcAudience: text('unswap', 'audience that a token must name'),
      oidcClientId: text('', 'client of the web page at the issuer, to sign in there; empty for none'),
      oidcClientSecret: text('', 'its secret; empty for a public client (PKCE is used with both)'),
      oidcJwksUrl: text('', 'address of the issuer’s keys; found by discovery when empty'),
      oidcRolesClaim: text('roles', 'claim that lists scopes or roles; dots reach into objects'),
      oidcDefaultScopes: Type.Array(Scope, {
        default: ['analyze', 'read', 'feedback'],
        description: 'scopes of a valid token whose claim names none',
      }),
    }),
    // `bytes`, `frames` and `seconds` are lower than in `DEFAULT_LIMITS`: on a service, one analysis must not hold up
    // all others.
    limits: section('Bounds of one analysis, checked before anything is decoded', {
      bytes: whole(512 * 1024 ** 2, 'largest file', 1),
      pixels: whole(DEFAULT_LIMITS.pixels, 'largest picture or frame, width × height', 1),
      durationSeconds: seconds(DEFAULT_LIMITS.durationSeconds, 'longest video'),
      frames: whole(5000, 'most frames analysed', 1),
      seconds: seconds(1800, 'longest analysis'),
      batchFiles: whole(100, 'most files of a batch', 1),
    }),
    analysis: section('Choices where a request makes none', {
      frames: whole(
        ANALYSIS_DEFAULTS.frames,
        'frames of a video, and more around faces that are in too few of them',
        1,
      ),
      maxFaces: whole(ANALYSIS_DEFAULTS.maxFaces, 'faces kept per frame', 1),
      flip: flag(false, 'average each score with that of the mirrored face'),
      models: list('ids of the classifiers to run; all by default'),
      evidenceFrames: whole(ANALYSIS_DEFAULTS.evidenceFrames, 'pictures kept as evidence'),
      device: choice(['cpu', 'cuda', 'coreml', 'directml', 'webgpu'], 'cpu', 'where the networks run'),
    }),
    retention: section('How long media and evidence are kept', {
      default: Type.String({
        default: 'hours:24',
        pattern: RETENTION_PATTERN,
        description: 'none, hours:N or keep, where a request says nothing',
      }),
      longestHours: whole(0, 'most hours that a request may ask for; 0 for no bound'),
      keep: flag(true, 'whether a request may ask for `keep`'),
      sweepSeconds: seconds(60, 'time between two searches for what has expired'),
    }),
    queue: section('Jobs', {
      most: whole(1000, 'more waiting jobs than this: 503 with Retry-After', 1),
      leaseSeconds: seconds(30, 'a job whose worker has been silent for so long goes back to the queue'),
      attempts: whole(3, 'how often a job is started before it counts as failed', 1),
      redisUrl: text('', 'Redis for the queue (BullMQ); the embedded queue when empty', 'REDIS_URL'),
    }),
    worker: section('Analysing', {
      processes: whole(1, 'processes that analyse', 1),
      concurrency: whole(4, 'analyses at a time in one process', 1),
      threads: whole(0, 'threads of each network; 0 for as many as there are processors'),
      memoryBytes: whole(0, 'resident memory above which an analysing process is replaced; 0 for no bound'),
    }),
    scoring: section(
      'An inference server for the classifiers; they run in the worker when no address is set',
      {
        url: Type.String({
          default: '',
          pattern: '^(https?://.+)?$',
          description: 'where `/v2` of a KServe v2 server lies, such as http://triton:8000',
          env: 'SCORING_URL',
        }),
        token: text('', 'bearer token for it', 'SCORING_TOKEN'),
        seconds: seconds(30, 'longest single try'),
        attempts: whole(4, 'most tries of one batch, with growing pauses', 1),
      },
    ),
    database: section('Where analyses are kept', {
      url: text('', 'postgres://…; an embedded database in `dataDir` when empty', 'DATABASE_URL'),
    }),
    s3: section('Object storage for media and evidence; a folder in `dataDir` when no bucket is named', {
      bucket: text('', 'bucket', 'S3_BUCKET'),
      endpoint: text('', 'address of the service; Amazon’s when empty', 'S3_ENDPOINT'),
      region: text('us-east-1', 'region', 'S3_REGION'),
      accessKeyId: text('', 'access key', 'S3_ACCESS_KEY_ID'),
      secretAccessKey: text('', 'secret key', 'S3_SECRET_ACCESS_KEY'),
      prefix: text('', 'start of every name in the bucket', 'S3_PREFIX'),
      seconds: seconds(20, 'silence after which one try of three counts as failed'),
    }),
    fetch: section('Media given as an address', {
      enabled: flag(true, 'whether the service fetches addresses at all'),
      seconds: seconds(20, 'longest fetch, redirects included'),
      redirects: whole(5, 'most redirects'),
      allowPrivate: list(
        'private addresses or networks that may be fetched all the same; for tests and intranets',
      ),
    }),
    webhooks: section('Telling others when an analysis ends', {
      enabled: flag(true, 'whether requests may name a webhook'),
      attempts: whole(6, 'how often one is tried, with growing pauses', 1),
      firstPauseSeconds: seconds(5, 'pause before the second try; doubled each time'),
      seconds: seconds(10, 'longest try'),
      secret: text('', 'key of the signature where a request brings none'),
    }),
    signing: section('Signed reports', {
      keyFile: text(
        '',
        'private key (Ed25519, PEM) that signs every report, wherever a worker runs; reports are not signed when empty',
      ),
      publicKeyFiles: list(
        'more public keys to list: earlier ones after a change of key, the workers’ where this process has none',
      ),
    }),
    c2pa: section('Content credentials in media', {
      trustList: text('', 'file of certificates (PEM) of trusted signers; no signer is trusted when empty'),
    }),
    compat: section('The API of the system before Unswap', {
      enabled: flag(true, 'whether /api/predict and its like are served'),
      bytes: whole(10 * 1024 ** 2, 'largest file', 1),
      perSecond: whole(5, 'requests a second of one caller; 0 for no limit'),
      waitSeconds: seconds(120, 'longest wait for a prediction'),
    }),
    pressure: section('When to refuse work before memory runs out', {
      memoryBytes: whole(
        0,
        'most resident memory of the process that answers; 0 for three quarters of the machine’s, or the container’s',
      ),
      bodies: whole(
        1024,
        'most request bodies that are read at a time, about a quarter of a megabyte each; one caller may have half of them',
        2,
      ),
      eventLoopMilliseconds: whole(1500, 'longest delay of the event loop', 1),
    }),
    observe: section('Logs and metrics', {
      logLevel: choice(
        ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
        'info',
        'lowest level that is logged',
      ),
      metrics: choice(
        ['loopback', 'anyone', 'admin', 'never'],
        'loopback',
        'who may read /metrics: callers on this machine, anyone, keys with the scope `admin`, nobody',
      ),
    }),
  },
  { additionalProperties: false },
)
export type Config = Static<typeof ConfigSchema>

/** A setting of one value: its path (`http.port`), its variable and its schema. */
export interface Setting {
  readonly path: readonly string[]
  readonly variable: string
  readonly schema: Type.TSchema & { type?: string; default?: unknown; description?: string; env?: string }
}

/** Every setting, in the order of the schema. */
export function listSettings(schema: Type.TSchema = ConfigSchema, path: readonly string[] = []): Setting[] {
  const properties = (schema as { properties?: Record<string, Type.TSchema> }).properties
  if (properties)
    return Object.entries(properties).flatMap(([name, inner]) => listSettings(inner, [...path, name]))
  const named = (schema as Setting['schema']).env
  const variable = path
    .map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase())
    .join('_')
  return [{ path, variable: named ?? `UNSWAP_${variable}`, schema: schema as Setting['schema'] }]
}
