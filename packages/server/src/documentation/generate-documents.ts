// Writes what is generated: `npm run document -w packages/server`. A test fails when it was forgotten.
import { mkdir, writeFile } from 'node:fs/promises'
import { describeApi } from './describe-api.ts'
import { describeConfiguration, describeEnvironment } from './describe-configuration.ts'

const root = new URL('../../../../', import.meta.url)
await mkdir(new URL('docs/api/', root), { recursive: true })
await writeFile(new URL('docs/api/openapi.json', root), await describeApi())
await writeFile(new URL('docs/configuration.md', root), describeConfiguration())
await writeFile(new URL('.env.example', root), describeEnvironment())
