import { Button } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { Panel } from '../../components/Panel';
import { paths } from '../../components/paths';
import { useCommand } from '../../components/useCommand';
import { useGo } from '../../components/useProject';
import { LeaveOrganization } from './memberCommands';
import { OF_TENANCY } from './tenant';
import classes from './tenancy.module.css';

/** The reader's own way out. */
export function LeavePanel({ organization }: { organization: { id: string; name: string } }) {
  const go = useGo();
  const [isAsked, setAsked] = useState(false);
  const command = useCommand(LeaveOrganization, () => go(paths.settings), OF_TENANCY);
  return (
    <Panel title="Leave it">
      <div className={classes.danger}>
        <div>
          <p>You see nothing of it any more then. What you did stays in its record.</p>
          <Button variant="default" size="xs" onClick={() => setAsked(true)}>Leave the organization</Button>
        </div>
      </div>
      {isAsked && (
        <FormDialog
          title={`Leave ${organization.name}`}
          onClose={() => setAsked(false)}
          command={command}
          onSubmit={() => command.send({ input: { organizationId: organization.id } })}
          action="Leave"
          isDanger
        >
          <p>You lose all its projects and models at once. To come back you need another invitation. Its last owner can’t leave.</p>
        </FormDialog>
      )}
    </Panel>
  );
}
