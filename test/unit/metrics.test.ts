import { Metrics } from '../../src/platform/metrics/metrics.js';

describe('measures', () => {
  it('count answers by route and status, and problems by slug', async () => {
    const metrics = new Metrics();
    metrics.requestAnswered({ method: 'POST', route: '/v1/subjects', status: 201, durationSeconds: 0.02 });
    metrics.problemAnswered('replayed');
    const { contentType, text } = await metrics.exposition();
    expect(contentType).toMatch(/^text\/plain/);
    expect(text).toContain('gateway_request_duration_seconds_count{method="POST",route="/v1/subjects",status="201"} 1');
    expect(text).toContain('gateway_problems_total{slug="replayed"} 1');
  });

  it('label nothing but codes and patterns', async () => {
    const { text } = await new Metrics().exposition();
    const own = [...text.matchAll(/^gateway_\w+\{([^}]*)\}/gm)].flatMap(([, labels = '']) =>
      [...labels.matchAll(/(\w+)=/g)].map(([, name]) => name),
    );
    for (const name of own) expect(['method', 'route', 'status', 'slug', 'le']).toContain(name);
  });
});
