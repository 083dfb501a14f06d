import { Button, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { Fact, Facts } from '../../components/Fact';
import { Panel } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { plural } from '../../lib/format';
import { MOST_RETENTION_DAYS, timeZones } from './limits';
import { ChangeProjectSettings } from './projectCommands';
import type { ShownProject } from './ProjectTab';
import { OF_TENANCY } from './tenant';
import classes from './tenancy.module.css';

/** By which midnights windows end, and how long rows are kept. */
export function ProjectSettingsForm({ project, mayChange }: { project: ShownProject; mayChange: boolean }) {
  const [timeZone, setTimeZone] = useState(project.timeZone);
  const [days, setDays] = useState<number | string>(project.retentionDays ?? '');
  const command = useCommand(ChangeProjectSettings, () => undefined, OF_TENANCY);
  const retentionDays = typeof days === 'number' ? days : null;
  const isChanged = timeZone !== project.timeZone || retentionDays !== (project.retentionDays ?? null);
  if (!mayChange) {
    return (
      <Panel title="Data">
        <Facts>
          <Fact name="Time zone">{project.timeZone}</Fact>
          <Fact name="Rows are kept for">{project.retentionDays ? plural(project.retentionDays, 'day') : 'ever'}</Fact>
        </Facts>
      </Panel>
    );
  }
  return (
    <Panel title="Data">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void command.send({ input: { projectId: project.id, timeZone, retentionDays } });
        }}
      >
        <Select
          label="Time zone"
          description="Windows end at its midnights. A change holds for windows that are recorded from then on."
          searchable
          allowDeselect={false}
          data={timeZones(project.timeZone)}
          value={timeZone}
          onChange={(zone) => setTimeZone(zone ?? project.timeZone)}
        />
        <NumberInput
          label="Days for which rows are kept"
          description="Empty is for ever. Rows that were predicted before are removed for good, within minutes and at each midnight in UTC."
          placeholder="for ever"
          min={1}
          max={MOST_RETENTION_DAYS}
          allowDecimal={false}
          value={days}
          onChange={setDays}
        />
        <Refused failure={command.failure} />
        <Button type="submit" variant={isChanged ? 'filled' : 'default'} loading={command.isBusy} disabled={!isChanged}>Save</Button>
      </form>
    </Panel>
  );
}
