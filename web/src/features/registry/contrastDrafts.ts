import type { ContrastInput, GroupsAgainst, PlanFiguresFragment } from '../../gql/graphql';

/** What the groups of one attribute are held against, as a form holds it. */
export interface ContrastDraft {
  attribute: string;
  against: GroupsAgainst;
  reference: string;
  leastShare: number | string;
}

/** One draft an attribute, of which most plans say nothing. */
export function contrastDraftsOf(attributes: readonly string[], contrasts: PlanFiguresFragment['contrasts']): ContrastDraft[] {
  return attributes.map((attribute) => {
    const said = contrasts.find((each) => each.attribute === attribute);
    return { attribute, against: said?.against ?? 'GROUPS', reference: said?.reference ?? '', leastShare: said?.leastShare ?? 0 };
  });
}

/** What is sent: only those that say something. */
export function contrastsOf(drafts: readonly ContrastDraft[]): ContrastInput[] {
  return drafts.flatMap(({ attribute, against, reference, leastShare }) =>
    against === 'GROUPS' && Number(leastShare) === 0
      ? []
      : [{ attribute, against, reference: against === 'REFERENCE' ? reference.trim() : null, leastShare: Number(leastShare) }],
  );
}

/** Whether they are those that the plan has already. */
export function areTheSameContrasts(drafts: readonly ContrastDraft[], contrasts: PlanFiguresFragment['contrasts']): boolean {
  return JSON.stringify(contrastsOf(drafts)) === JSON.stringify(contrastsOf(contrastDraftsOf(drafts.map((each) => each.attribute), contrasts)));
}

/** Of a plan, in words: "each group against f; groups below 2 % left out". */
export function contrastText({ against, reference, leastShare }: PlanFiguresFragment['contrasts'][number], groupName: (value: string) => string): string {
  const held = { GROUPS: 'groups against one another', REFERENCE: `each group against ${groupName(reference ?? '')}`, WHOLE: 'each group against all rows' }[against];
  return leastShare > 0 ? `${held}, without groups of less than ${String(Number((leastShare * 100).toPrecision(3)))} % of the rows` : held;
}
