import { NumberInput, TextInput } from '@mantine/core';
import { Sideways } from '../../components/Sideways';
import planClasses from './PlanDialog.module.css';
import classes from './WorthFields.module.css';
import { MOST_CLASSES, type WorthDraft } from './worthDrafts';

/** What each decision is worth, by what it turned out to be; what was refused stands at its field. */
export function WorthFields({ names, draft, problems, onChange }: {
  /** The version's classes, in the order of the draft. */
  names: readonly string[];
  draft: WorthDraft;
  /** By the place in what was sent: `businessValue.values.0.1`. */
  problems: ReadonlyMap<string, string>;
  onChange: (draft: WorthDraft) => void;
}) {
  if (names.length < 2) return null;
  const problemAt = (field: string) => problems.get(`businessValue.${field}`);
  const put = (label: number, decision: number, value: number | string) =>
    onChange({ ...draft, values: draft.values.map((row, place) => (place === label ? row.map((each, column) => (column === decision ? value : each)) : row)) });
  const ofAll = problemAt('values') ?? problemAt('classes') ?? problems.get('businessValue');
  return (
    <fieldset className={planClasses.wide}>
      <legend>What a decision is worth</legend>
      {names.length > MOST_CLASSES ? (
        <p className="dim small">Of {names.length} classes it is said through the API, as <code>businessValue</code> of <code>changePlan</code>.</p>
      ) : (
        <>
          <p className="dim small">What each gains or, below zero, costs; with nothing here it is not measured. An empty cell is worth 0.</p>
          <Sideways label="What each decision is worth">
            <table className={classes.values}>
              <thead>
                <tr>
                  <th scope="col">Was, by label</th>
                  {names.map((name) => <th key={name} scope="col">Decided {name}</th>)}
                </tr>
              </thead>
              <tbody>
                {names.map((label, row) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    {names.map((decision, column) => (
                      <td key={decision}>
                        <NumberInput
                          aria-label={`${label} decided ${decision}`}
                          value={draft.values[row]?.[column] ?? ''}
                          error={problemAt(`values.${String(row)}.${String(column)}`)}
                          clampBehavior="none"
                          onChange={(value) => put(row, column, value)}
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Sideways>
          {ofAll && <p className={classes.problem}>{ofAll}</p>}
          <div className={planClasses.fields}>
            <TextInput label="Unit" description="In what." placeholder="EUR" maxLength={20} value={draft.unit} error={problemAt('unit')} onChange={(event) => onChange({ ...draft, unit: event.currentTarget.value })} />
            <NumberInput label="At least" description="With none, what the baseline's was." value={draft.least} error={problemAt('least')} clampBehavior="none" onChange={(least) => onChange({ ...draft, least })} />
          </div>
        </>
      )}
    </fieldset>
  );
}
