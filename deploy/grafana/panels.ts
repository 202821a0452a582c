/** A panel: its title, its queries with their legends, and how they are drawn. */
export interface Panel {
  readonly title: string
  readonly queries: Readonly<Record<string, string>>
  /** What title and legend do not say. */
  readonly description?: string
  readonly unit?: 's' | 'percentunit' | 'reqps' | 'ops' | 'short' | 'bytes' | 'Bps' | 'dtdurations'
  readonly type?: 'timeseries' | 'stat' | 'bargauge' | 'table'
  readonly stacked?: boolean
  /** Upper end of the scale. */
  readonly max?: number
  /** Red from this value on, green below; equal to the threshold of an alert if there is one. */
  readonly high?: number
  /** Red below this value. */
  readonly low?: number
}

export interface Dashboard {
  readonly title: string
  readonly panels: readonly Panel[]
}

const quantile = (share: number, bucket: string, by: string, where = '') =>
  `histogram_quantile(${share}, sum by (le${by && `, ${by}`}) (rate(${bucket}_bucket${where}[5m])))`

/** All dashboards; `write.ts` makes Grafana's files from them. Queries use recorded rules where one exists. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  service: {
    title: 'Unswap: service',
    panels: [
      {
        title: 'Processes',
        type: 'stat',
        low: 1,
        queries: { '{{role}}': 'sum by (role) (up{job="unswap"})' },
      },
      {
        title: 'Alerts that fire',
        description: 'Which, and since when: page "Alerting". What helps: docs/runbook.md.',
        type: 'stat',
        high: 1,
        queries: { '': 'count(ALERTS{alertstate="firing"}) or vector(0)' },
      },
      {
        title: 'Requests that failed',
        type: 'stat',
        unit: 'percentunit',
        high: 0.02,
        queries: { '': 'unswap:request_errors:ratio5m' },
      },
      {
        title: 'Analyses that failed through the service',
        type: 'stat',
        unit: 'percentunit',
        high: 0.05,
        queries: { '': 'unswap:analysis_errors:ratio5m' },
      },
      {
        title: 'Oldest waiting job',
        type: 'stat',
        unit: 's',
        high: 120,
        queries: { '': 'max(unswap_queue_oldest_seconds)' },
      },
      {
        title: 'Requests by status',
        unit: 'reqps',
        stacked: true,
        queries: { '{{status}}': 'unswap:requests:rate5m' },
      },
      {
        title: 'Time to answer (GET)',
        description: 'Without event streams, which last as long as an analysis.',
        unit: 's',
        high: 1,
        queries: {
          '95 %': 'unswap:request_seconds:p95_5m',
          '50 %': quantile(0.5, 'unswap_http_request_seconds', '', '{method="GET",route!~".*/events"}'),
        },
      },
      {
        title: 'Time to answer by route, 95 %',
        unit: 's',
        queries: { '{{method}} {{route}}': quantile(0.95, 'unswap_http_request_seconds', 'route, method') },
      },
      {
        title: 'Analyses that ended',
        unit: 'ops',
        stacked: true,
        queries: { '{{state}}': 'unswap:analyses:rate5m' },
      },
      {
        title: 'Time of an analysis, 95 %',
        unit: 's',
        queries: { '{{kind}}': 'unswap:analysis_seconds:p95_5m' },
      },
      {
        title: 'Where the time goes',
        description: 'Seconds of each stage, mean of the analyses that completed.',
        unit: 's',
        stacked: true,
        queries: {
          '{{stage}}':
            'sum by (stage) (rate(unswap_stage_seconds_sum{stage!="total"}[5m])) / ignoring (stage) group_left sum(rate(unswap_analyses_total{state="completed"}[5m]))',
        },
      },
      {
        title: 'Queue',
        queries: { '{{state}}': 'max by (state) (unswap_queue_jobs)' },
      },
      {
        title: 'Wait in the queue, 95 %',
        unit: 's',
        queries: { '': 'unswap:queue_wait_seconds:p95_5m' },
      },
      {
        title: 'Webhooks',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(unswap_webhooks_total[5m]))' },
      },
    ],
  },
  models: {
    title: 'Unswap: models',
    panels: [
      {
        title: 'Models at work',
        type: 'table',
        queries: {
          '': 'count by (model, variant, sha256, calibration, calibration_status) (unswap_model_info)',
        },
      },
      {
        title: 'REAL and FAKE: share of each verdict',
        unit: 'percentunit',
        max: 1,
        stacked: true,
        queries: { '{{band}}': 'unswap:verdicts:ratio1h' },
      },
      {
        title: 'FAKE for each REAL',
        description: 'A jump without a change of the media points to a model or its calibration.',
        queries: {
          '': 'sum(increase(unswap_verdicts_total{band="likely_manipulated"}[1h])) / sum(increase(unswap_verdicts_total{band="likely_authentic"}[1h]))',
        },
      },
      {
        title: 'How often each family is flagged',
        unit: 'percentunit',
        queries: { '{{family}} {{model}}': 'unswap:family_triggers:ratio1h' },
      },
      {
        title: 'Media without a face',
        unit: 'percentunit',
        max: 1,
        high: 0.5,
        queries: { '{{kind}}': 'unswap:no_face:ratio1h' },
      },
      {
        title: 'Reasons given',
        stacked: true,
        queries: { '{{reason}}': 'sum by (reason) (increase(unswap_verdict_reasons_total[1h]))' },
      },
      {
        title: 'Probabilities of the last day, up to each bound',
        description:
          'Share of media whose probability is at most the bound: small steps between bounds are rare values.',
        type: 'bargauge',
        unit: 'percentunit',
        max: 1,
        queries: { '{{kind}} ≤ {{le}}': 'sort_desc(unswap:probability:share1d)' },
      },
      {
        title: 'Median and 90 % probability',
        max: 1,
        queries: {
          'median {{kind}}': quantile(0.5, 'unswap_probability', 'kind'),
          '90 % {{kind}}': quantile(0.9, 'unswap_probability', 'kind'),
        },
      },
      {
        title: 'Drift: the day against the week',
        description:
          'Largest distance of the two distributions of probabilities (Kolmogorov-Smirnov), 0 to 1. Above 0.2, and with more than 200 media a day, it is an alert.',
        max: 1,
        high: 0.2,
        queries: { '{{kind}}': 'unswap:probability_drift:ks' },
      },
      {
        title: 'Time of a model for one batch',
        unit: 's',
        queries: {
          '95 % {{model}}': quantile(0.95, 'unswap_model_seconds', 'model'),
          '50 % {{model}}': quantile(0.5, 'unswap_model_seconds', 'model'),
        },
      },
      {
        title: 'Crops in a batch, mean',
        queries: { '': 'sum(rate(unswap_batch_crops_sum[5m])) / sum(rate(unswap_batch_crops_count[5m]))' },
      },
      {
        title: 'Errors of models and workers',
        queries: {
          '{{code}}': 'sum by (code) (increase(unswap_analyses_total{state="failed"}[1h]))',
        },
      },
    ],
  },
  infrastructure: {
    title: 'Unswap: infrastructure',
    panels: [
      {
        title: 'Entry answers',
        type: 'stat',
        low: 1,
        queries: { '{{instance}}': 'probe_success{job="entry"}' },
      },
      {
        title: 'Certificate has left',
        type: 'stat',
        unit: 'dtdurations',
        low: 14 * 86400,
        queries: { '': 'probe_ssl_earliest_cert_expiry{job="entry"} - time()' },
      },
      {
        title: 'Time through the entry',
        unit: 's',
        queries: { '{{phase}}': 'probe_http_duration_seconds{job="entry"}' },
      },
      {
        title: 'Processors in use',
        unit: 'percentunit',
        max: 1,
        queries: {
          '{{instance}}': '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
        },
      },
      {
        title: 'Memory in use',
        unit: 'percentunit',
        max: 1,
        high: 0.9,
        queries: { '{{instance}}': '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes' },
      },
      {
        title: 'Disks: left',
        unit: 'percentunit',
        max: 1,
        low: 0.1,
        queries: {
          '{{mountpoint}}':
            'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|nsfs"} / node_filesystem_size_bytes',
        },
      },
      {
        title: 'Network',
        unit: 'Bps',
        queries: {
          'in {{instance}}': 'sum by (instance) (rate(node_network_receive_bytes_total{device!="lo"}[5m]))',
          'out {{instance}}': 'sum by (instance) (rate(node_network_transmit_bytes_total{device!="lo"}[5m]))',
        },
      },
      {
        title: 'Memory of each process (without its analysing children)',
        unit: 'bytes',
        queries: { '{{role}} {{instance}}': 'process_resident_memory_bytes{job="unswap"}' },
      },
      {
        title: 'Processor of each process, cores',
        queries: { '{{role}} {{instance}}': 'rate(process_cpu_seconds_total{job="unswap"}[5m])' },
      },
      {
        title: 'Delay of the event loop, 99 %',
        unit: 's',
        queries: { '{{role}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds{job="unswap"}' },
      },
    ],
  },
}
