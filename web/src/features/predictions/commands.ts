import { count } from '../../lib/format';
import { exactMoment } from '../../lib/time';

interface Version {
  id: string;
  signature: { classes: readonly string[]; columns: readonly { name: string; kind: 'NUMBER' | 'CATEGORY' }[] };
}

/** The tag of the example. */
export const FIRST_TAG = '1.0';

function graphqlCommand(origin: string, query: string, input: object): string {
  const body = JSON.stringify({ query, variables: { input } }, null, 2).replaceAll("'", "'\\''");
  return [
    `curl ${origin}/graphql \\`,
    '  -H "authorization: Bearer $CDT_TOKEN" \\',
    "  -H 'content-type: application/json' \\",
    `  -d '${body}'`,
  ].join('\n');
}

export function registerCommand(origin: string, input: { projectId: string; name: string; description: string }): string {
  const query =
    'mutation ($input: RegisterModelInput!) { registerModel(input: $input) { ... on RegisterModelPayload { model { id } } ... on Failure { message } } }';
  return graphqlCommand(origin, query, input);
}

export function versionCommand(origin: string, modelId: string): string {
  const query =
    'mutation ($input: AddVersionInput!) { addVersion(input: $input) { ... on AddVersionPayload { version { id } } ... on Failure { message } } }';
  return graphqlCommand(origin, query, {
    modelId,
    tag: FIRST_TAG,
    signature: {
      columns: [{ name: 'age', kind: 'NUMBER' }, { name: 'region', kind: 'CATEGORY' }],
      classes: ['no', 'yes'],
      positiveClass: 'yes',
    },
  });
}

/**
 * When the example row says that it was predicted: with the version's newest row, so that its live window stays where
 * it is; now for a version that has none.
 */
export function rowTime(highWater: string | null, now: Date): string {
  return new Date(highWater ?? now).toISOString();
}

/** One prediction as a line of NDJSON, with every column of the signature. */
export function ingestCommand(origin: string, version: Version, predictedAt: string, now: Date): string {
  const row = {
    prediction_id: `first-${String(now.getTime())}`,
    predicted_at: predictedAt,
    ...(version.signature.classes.length > 0 ? { decision: version.signature.classes.at(-1), score: 0.8 } : { prediction: 1 }),
    features: Object.fromEntries(version.signature.columns.map(({ name, kind }) => [name, kind === 'NUMBER' ? 1 : '1'])),
  };
  return [
    `curl ${origin}/v1/versions/${encodeURIComponent(version.id)}/predictions \\`,
    '  -H "authorization: Bearer $CDT_TOKEN" \\',
    "  -H 'content-type: application/x-ndjson' \\",
    `  -d '${JSON.stringify(row).replaceAll("'", "'\\''")}'`,
  ].join('\n');
}

/** What the third command does to the model that it is copied for. */
export function rowConsequence({ name, tag, isServing, predictions, highWater }: {
  name: string;
  tag: string;
  isServing: boolean;
  predictions: number;
  highWater: string | null;
}): string {
  const where = `This sends one made-up row into version ${tag} of ${name}${isServing ? ', which is in production' : ''}.`;
  if (predictions === 0 || highWater === null) return `${where} It will be its first row, dated now, and can't be taken back.`;
  return [
    where,
    `It will stand among its ${count(predictions)} real rows, counts in what is measured, and can't be taken back.`,
    `It is dated ${exactMoment(highWater)}, as its newest row, so the live window stays where it is.`,
  ].join(' ');
}
