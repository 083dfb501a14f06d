import { ChangeNamePanel } from './ChangeNamePanel';
import { ChangePasswordPanel } from './ChangePasswordPanel';
import { DeleteAccountPanel } from './DeleteAccountPanel';
import classes from './account.module.css';

/** What others see of the reader, the password, and the end of the account. */
export function ProfileTab() {
  return (
    <div className={classes.tab}>
      <ChangeNamePanel />
      <ChangePasswordPanel />
      <DeleteAccountPanel />
    </div>
  );
}
