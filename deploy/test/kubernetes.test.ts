import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { listSettings } from '../../packages/server/src/config.ts'

const FOLDER = fileURLToPath(new URL('../kubernetes/', import.meta.url))

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  // biome-ignore lint/suspicious/noExplicitAny: each test reads the part that its kind has
  readonly spec: any
  readonly data?: Readonly<Record<string, string>>
}

const isManifest = (name: string) => name.endsWith('.yaml')
const files = (await readdir(FOLDER)).filter(isManifest)
const manifests: Manifest[] = []
for (const name of [...files.filter((one) => one !== 'kustomization.yaml'), 'ingress/ingress.yaml']) {
  for (const document of parseAllDocuments(await readFile(FOLDER + name, 'utf8'))) {
    expect(document.errors, name).toEqual([])
    manifests.push(document.toJS())
  }
}
const ofKind = (kind: string) => manifests.filter((one) => one.kind === kind)
const deployments = ofKind('Deployment')
const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers)

/** The class that validates a manifest of this kind, from packages generated from the schemas. */
async function modelOf({ apiVersion, kind }: Manifest) {
  const path = apiVersion.startsWith('keda.sh/')
    ? `@kubernetes-models/keda/${apiVersion}/${kind}`
    : `kubernetes-models/${apiVersion.replace(/\.k8s\.io\//, '.k8s.io/')}/${kind}`
  const module = (await import(path)) as Record<string, new (data: Manifest) => { validate(): void }>
  return module[kind]!
}

test.each(manifests.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
  '%s follows its schema',
  async (_, manifest) => {
    const Model = await modelOf(manifest)
    expect(() => new Model(manifest).validate()).not.toThrow()
    const broken = { ...manifest, spec: 5, data: 5, metadata: 5 } as unknown as Manifest
    expect(() => new Model(broken).validate()).toThrow()
  },
)

test('the kustomization names exactly the manifests of its folder', async () => {
  const [document] = parseAllDocuments(await readFile(`${FOLDER}kustomization.yaml`, 'utf8'))
  const { resources } = document!.toJS() as { resources: string[] }
  expect(resources.toSorted()).toEqual(files.filter((name) => name !== 'kustomization.yaml').toSorted())
})

test('the service knows all settings, and none is a secret', () => {
  const known = new Map(listSettings().map(({ variable, schema }) => [variable, schema]))
  const settings = Object.entries(ofKind('ConfigMap')[0]!.data!)
  const env = containers.flatMap(({ env }) =>
    env.map((one: { name: string; value: string }) => [one.name, one.value]),
  )
  for (const [name] of [...settings, ...env]) {
    expect(known.has(name), name).toBe(true)
    expect(name).not.toMatch(/SECRET|TOKEN|ACCESS_KEY_ID|DATABASE_URL|REDIS_URL|ADDRESS_KEY/)
  }
  for (const { envFrom } of containers) expect(envFrom).toContainEqual({ secretRef: { name: 'unswap' } })
})

test('probes use existing routes, and allow for start and shutdown', async () => {
  const source = await readFile(
    new URL('../../packages/server/src/routes/health-routes.ts', import.meta.url),
    'utf8',
  )
  const shutdown = Number(ofKind('ConfigMap')[0]!.data!.UNSWAP_HTTP_SHUTDOWN_SECONDS)
  for (const { spec } of deployments) {
    const [container] = spec.template.spec.containers
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(source).toContain(`'${container[probe].httpGet.path}'`)
    }
    const { failureThreshold, periodSeconds } = container.startupProbe
    expect(failureThreshold * periodSeconds).toBeGreaterThanOrEqual(120)
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(shutdown)
  }
})

test('pods have no root, no privileges and no token, and write only to their own folders', () => {
  for (const { spec } of deployments) {
    const pod = spec.template.spec
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    for (const { securityContext, resources } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(resources).toMatchObject({
        requests: { cpu: expect.anything() },
        limits: { memory: expect.anything() },
      })
    }
  }
})

test('scaling, budgets and network rules select existing pods', async () => {
  const names = deployments.map(({ metadata }) => metadata.name)
  const labels = deployments.map(({ spec }) => spec.template.metadata.labels)
  for (const { spec } of [...ofKind('ScaledObject'), ...ofKind('HorizontalPodAutoscaler')]) {
    expect(names).toContain(spec.scaleTargetRef.name)
  }
  const selectors = [
    ...[...deployments, ...ofKind('PodDisruptionBudget')].map(({ spec }) => spec.selector.matchLabels),
    ...ofKind('NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels),
    ...ofKind('Service').flatMap(({ spec }) => spec.selector ?? []),
  ]
  for (const selector of selectors) expect(labels).toContainEqual(expect.objectContaining(selector))
  // KEDA sets the number of replicas, so the deployment must not.
  expect(deployments.find(({ metadata }) => metadata.name === 'unswap-worker')!.spec.replicas).toBeUndefined()
})

test('the ingress waits for the longest answer, streams events, and hides metrics', async () => {
  const [ingress] = ofKind('Ingress') as (Manifest & {
    metadata: { annotations: Record<string, string> }
  })[]
  const annotation = (name: string) => ingress!.metadata.annotations[`nginx.ingress.kubernetes.io/${name}`]
  const defaults = new Map(listSettings().map(({ variable, schema }) => [variable, Number(schema.default)]))
  for (const wait of ['UNSWAP_HTTP_WAIT_SECONDS', 'UNSWAP_COMPAT_WAIT_SECONDS'])
    expect(Number(annotation('proxy-read-timeout'))).toBeGreaterThan(defaults.get(wait)!)
  expect([annotation('proxy-buffering'), annotation('proxy-request-buffering')]).toEqual(['off', 'off'])
  const services = new Map(ofKind('Service').map(({ metadata, spec }) => [metadata.name, spec]))
  const behind = Object.fromEntries(
    ingress!.spec.rules[0].http.paths.map(
      ({ path, backend }: { path: string; backend: { service: { name: string } } }) => [
        path,
        services.get(backend.service.name)!.selector,
      ],
    ),
  )
  expect(behind['/']).toEqual(services.get('unswap-api')!.selector)
  expect(behind).toHaveProperty('/metrics', undefined)
})

test('every process may send webhooks to ports 80 and 443, but not into the cluster', () => {
  for (const { spec } of deployments) {
    const labels = Object.entries(spec.template.metadata.labels)
    const rules = ofKind('NetworkPolicy')
      .filter((policy) =>
        Object.entries(policy.spec.podSelector.matchLabels).every(([name, value]) =>
          labels.some(([label, its]) => label === name && its === value),
        ),
      )
      .flatMap((policy) => policy.spec.egress ?? [])
    const web = rules.find(({ to }) => to?.[0]?.ipBlock?.cidr === '0.0.0.0/0')
    expect(web.ports).toEqual([{ port: 80 }, { port: 443 }])
    expect(web.to[0].ipBlock.except).toContain('169.254.0.0/16')
  }
})

test('KEDA asks for metrics that the service has', async () => {
  const registry = await readFile(new URL('../../packages/server/src/metrics.ts', import.meta.url), 'utf8')
  const queries = ofKind('ScaledObject').flatMap(({ spec }) =>
    spec.triggers.map(({ metadata }: { metadata: { query: string } }) => metadata.query),
  )
  const metrics = queries.flatMap((query: string) => query.match(/unswap_\w+/g) ?? [])
  expect(metrics).toHaveLength(2)
  for (const metric of metrics) expect(registry).toContain(`'${metric}'`)
})
