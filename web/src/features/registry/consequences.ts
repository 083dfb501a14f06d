/** What a promotion will do, in words that follow "This will". */
export function promotionConsequences({ modelName, tag, environment, role, serving, hasBaseline }: {
  modelName: string;
  tag: string;
  environment: 'PRODUCTION' | 'STAGING' | 'DEVELOPMENT';
  role: 'CHAMPION' | 'CHALLENGER' | 'SHADOW';
  serving: string | null;
  hasBaseline: boolean;
}): string[] {
  const place = environment.toLowerCase();
  const isProductionChampion = environment === 'PRODUCTION' && role === 'CHAMPION';
  if (isProductionChampion && serving === tag) return [`change nothing, because ${tag} is the champion in production already`];
  const found = [`make ${tag} the ${role.toLowerCase()} of ${modelName} in ${place}`];
  if (isProductionChampion && serving !== null) found.push(`replace ${serving}, which serves there now`);
  if (isProductionChampion) found.push(`show the trust of ${tag} as the model's trust from now on`);
  if (!hasBaseline) found.push('leave drift unmeasured, because this version has no baseline');
  found.push('be recorded with your name and the reason');
  return found;
}

export function rollBackConsequences(modelName: string, serving: string): string[] {
  return [
    `take ${serving} out of production of ${modelName}`,
    'put the version that served before it back in its place',
    'be recorded with your name and the reason',
  ];
}
