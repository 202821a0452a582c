import { ConfigSchema, listSettings, type Setting } from '../config.ts'

const groupOf = ({ path }: Setting) => (path.length === 1 ? '' : path[0]!)

function groups(): Map<string, Setting[]> {
  const found = new Map<string, Setting[]>()
  for (const setting of listSettings()) {
    found.set(groupOf(setting), [...(found.get(groupOf(setting)) ?? []), setting])
  }
  return found
}

function titleOf(group: string): string {
  if (group === '') return 'The process'
  const section = ConfigSchema.properties[group as keyof typeof ConfigSchema.properties] as {
    description?: string
  }
  return section.description ?? group
}

const defaultOf = ({ schema }: Setting): string =>
  Array.isArray(schema.default) ? schema.default.join(',') : String(schema.default)

/** `docs/configuration.md`: every setting with its variable, default and meaning. */
export function describeConfiguration(): string {
  const lines = [
    '# Configuration',
    '',
    'Made from `packages/server/src/config.ts` by `npm run document -w packages/server`; change it there.',
    '',
    'Defaults ← file ← environment. The file is JSON with the paths below as nested objects; `UNSWAP_CONFIG` names it.',
    'Variables may also stand in `.env` beside `run.sh`. Lists are separated by commas. Relative folders count from',
    'the root of Unswap. A value that does not fit stops the service at its start, with the name of the setting.',
    'Each variable may end in `_FILE` and name a file that holds the value, as secrets of containers do.',
    '',
    'As it comes, the service listens on 127.0.0.1 alone, answers callers on this machine without a key, and fetches',
    'addresses given to it only where they lead to public ones. Before it listens elsewhere, make a key with',
    '`./run.sh keys create` and set `UNSWAP_ACCESS_ANONYMOUS=never`.',
  ]
  for (const [group, settings] of groups()) {
    lines.push(
      '',
      `## ${titleOf(group)}`,
      '',
      '| Setting | Variable | Default | Meaning |',
      '| --- | --- | --- | --- |',
    )
    for (const setting of settings) {
      const value = defaultOf(setting)
      const choices = (setting.schema as { enum?: string[] }).enum
      const meaning = (setting.schema.description ?? '').replaceAll('|', '\\|')
      const one = choices ? `${meaning} (${choices.map((choice) => `\`${choice}\``).join(', ')})` : meaning
      lines.push(
        `| \`${setting.path.join('.')}\` | \`${setting.variable}\` | ${value === '' ? '' : `\`${value}\``} | ${one} |`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

/** `.env.example`: every variable with its default, commented out. */
export function describeEnvironment(): string {
  const lines = [
    '# Copy to .env and take away the # before what you change. All of it: docs/configuration.md',
  ]
  for (const [group, settings] of groups()) {
    lines.push('', `# --- ${titleOf(group)}`)
    for (const setting of settings) {
      lines.push(`# ${setting.schema.description}`, `#${setting.variable}=${defaultOf(setting)}`)
    }
  }
  return `${lines.join('\n')}\n`
}
