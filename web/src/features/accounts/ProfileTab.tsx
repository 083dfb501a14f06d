import { ChangeNamePanel } from './ChangeNamePanel';
import { ChangePasswordPanel } from './ChangePasswordPanel';
import classes from './account.module.css';

/** What others see of the reader, and the password. */
export function ProfileTab() {
  return (
    <div className={classes.tab}>
      <ChangeNamePanel />
      <ChangePasswordPanel />
    </div>
  );
}
