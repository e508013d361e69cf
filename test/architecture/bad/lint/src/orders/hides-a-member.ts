// Must be caught by noUnusedPrivateClassMembers
export class Order {
  #forgotten = 1;
}
