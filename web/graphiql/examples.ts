const files = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });

/** The operations that GraphiQL opens with, in the order of their file names. */
export const EXAMPLES: readonly { name: string; query: string }[] = Object.entries(files)
  .toSorted(([left], [right]) => (left < right ? -1 : 1))
  .map(([path, query]) => ({ name: path.replace(/^.*\/|\.graphql$/g, ''), query }));

/** The example's row is that much older than the newest: live windows are of 30 days, and trust goes by them. */
const OUTSIDE_DAYS = 60;

/** What the examples are about: the first model that whoever signed in may see. */
export interface Known {
  modelId: string;
  versionId: string;
  registeredAt: string;
  /** The newest time of a prediction. */
  highWater: string | null;
  classes: readonly string[];
  columns: readonly { name: string; kind: 'NUMBER' | 'CATEGORY' }[];
}

/** Variables for an example, as JSON text, so that it runs as it stands. */
export function variablesOf(name: string, known: Known | null, now: Date): string {
  const model = { modelId: known?.modelId ?? 'a model’s id' };
  const versionId = known?.versionId ?? 'a version’s id';
  const features = Object.fromEntries((known?.columns ?? []).map((each) => [each.name, each.kind === 'NUMBER' ? 1 : '1']));
  const variables: Record<string, object> = {
    '2-trust-score': model,
    '3-then-and-now': { ...model, then: hoursBefore(now, known?.registeredAt) },
    '5-live-trust': model,
    '6-ingest-predictions': {
      input: {
        versionId,
        rows: [
          {
            predictionId: `example-${String(now.getTime())}`,
            predictedAt: daysBefore(OUTSIDE_DAYS, known?.highWater ?? now.toISOString()),
            decision: known?.classes.at(-1) ?? '1',
            score: 0.8,
            features,
          },
        ],
      },
    },
    '7-promote-version': { input: { versionId, environment: 'STAGING', role: 'SHADOW', reason: 'Trying GraphiQL' } },
  };
  const found = variables[name];
  return found === undefined ? '' : JSON.stringify(found, null, 2);
}

function daysBefore(days: number, moment: string): string {
  return new Date(Date.parse(moment) - days * 86_400_000).toISOString();
}

/** An hour ago, or when the model was registered if that is later. */
function hoursBefore(now: Date, registeredAt: string | undefined): string {
  const hourAgo = now.getTime() - 3_600_000;
  const first = registeredAt === undefined ? hourAgo : Date.parse(registeredAt) + 1_000;
  return new Date(Math.max(hourAgo, first)).toISOString();
}
