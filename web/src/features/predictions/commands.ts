interface Version {
  id: string;
  signature: { classes: readonly string[]; columns: readonly { name: string; kind: 'NUMBER' | 'CATEGORY' }[] };
}

function graphqlCommand(origin: string, query: string, input: object): string {
  const body = JSON.stringify({ query, variables: { input } }, null, 2).replaceAll("'", "'\\''");
  return [
    `curl ${origin}/graphql \\`,
    '  -H "authorization: Bearer $CDT_TOKEN" \\',
    "  -H 'content-type: application/json' \\",
    `  -d '${body}'`,
  ].join('\n');
}

export function registerCommand(origin: string, projectId: string): string {
  const query =
    'mutation ($input: RegisterModelInput!) { registerModel(input: $input) { ... on RegisterModelPayload { model { id } } ... on Failure { message } } }';
  return graphqlCommand(origin, query, { projectId, name: 'My model', description: 'What it decides' });
}

export function versionCommand(origin: string, modelId: string): string {
  const query =
    'mutation ($input: AddVersionInput!) { addVersion(input: $input) { ... on AddVersionPayload { version { id } } ... on Failure { message } } }';
  return graphqlCommand(origin, query, {
    modelId,
    tag: '1.0',
    signature: {
      columns: [{ name: 'age', kind: 'NUMBER' }, { name: 'region', kind: 'CATEGORY' }],
      classes: ['no', 'yes'],
      positiveClass: 'yes',
    },
  });
}

/** One prediction as a line of NDJSON, with every column of the signature. */
export function ingestCommand(origin: string, version: Version | null, now: Date): string {
  const columns = version?.signature.columns ?? [{ name: 'age', kind: 'NUMBER' as const }];
  const row = {
    prediction_id: `first-${String(now.getTime())}`,
    predicted_at: now.toISOString(),
    decision: version?.signature.classes.at(-1) ?? 'yes',
    score: 0.8,
    features: Object.fromEntries(columns.map(({ name, kind }) => [name, kind === 'NUMBER' ? 1 : '1'])),
  };
  return [
    `curl ${origin}/v1/versions/${encodeURIComponent(version?.id ?? 'VERSION_ID')}/predictions \\`,
    '  -H "authorization: Bearer $CDT_TOKEN" \\',
    "  -H 'content-type: application/x-ndjson' \\",
    `  -d '${JSON.stringify(row).replaceAll("'", "'\\''")}'`,
  ].join('\n');
}
