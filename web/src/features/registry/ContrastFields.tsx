import { Autocomplete, NumberInput, Select } from '@mantine/core';
import { useColumns } from '../../components/useColumns';
import type { GroupsAgainst } from '../../gql/graphql';
import type { ContrastDraft } from './contrastDrafts';
import planClasses from './PlanDialog.module.css';
import classes from './SliceFields.module.css';

const AGAINST: readonly { value: GroupsAgainst; label: string }[] = [
  { value: 'GROUPS', label: 'One another' },
  { value: 'REFERENCE', label: 'One of them' },
  { value: 'WHOLE', label: 'All rows together' },
];

/** What the groups of each protected attribute are held against; what was refused stands at its field. */
export function ContrastFields({ contrasts, columnOf, problems, onChange }: {
  contrasts: readonly ContrastDraft[];
  /** The column that an attribute's groups are told by. */
  columnOf: (attribute: string) => string;
  /** By the place in what was sent: `contrasts.0.reference`. */
  problems: ReadonlyMap<string, string>;
  onChange: (contrasts: ContrastDraft[]) => void;
}) {
  const { titleOf, valuesOf } = useColumns();
  if (contrasts.length === 0) return null;
  const sent = contrasts.filter((each) => each.against !== 'GROUPS' || Number(each.leastShare) !== 0);
  const problemAt = (draft: ContrastDraft, field: string) => problems.get(`contrasts.${sent.indexOf(draft)}.${field}`);
  const put = (draft: ContrastDraft, changed: Partial<ContrastDraft>) => onChange(contrasts.map((each) => (each === draft ? { ...each, ...changed } : each)));
  return (
    <fieldset className={planClasses.wide}>
      <legend>What groups are held against</legend>
      {contrasts.map((draft) => (
        <div key={draft.attribute} role="group" aria-label={draft.attribute} className={classes.line}>
          <Select
            className={classes.column}
            label={titleOf(draft.attribute)}
            data={[...AGAINST]}
            value={draft.against}
            error={problemAt(draft, 'against') ?? problemAt(draft, 'attribute')}
            allowDeselect={false}
            onChange={(against) => put(draft, { against: against ?? 'GROUPS' })}
          />
          {draft.against === 'REFERENCE' && (
            <Autocomplete
              className={classes.column}
              label="Which"
              placeholder="As rows have it, or as its band is called"
              maxLength={200}
              data={[...valuesOf(columnOf(draft.attribute))]}
              value={draft.reference}
              error={problemAt(draft, 'reference')}
              onChange={(reference) => put(draft, { reference })}
            />
          )}
          <NumberInput
            className={classes.end}
            label="Least share"
            min={0}
            max={0.5}
            step={0.01}
            clampBehavior="none"
            value={draft.leastShare}
            error={problemAt(draft, 'leastShare')}
            onChange={(leastShare) => put(draft, { leastShare })}
          />
        </div>
      ))}
      <p className="dim small">A group of less than the least share of all rows takes no part; 0.02 is that of New York City&rsquo;s Local Law 144.</p>
    </fieldset>
  );
}
