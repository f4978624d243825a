/* The admin's sidebar starts folded, until a person opens it. */
if (localStorage.getItem("django.admin.navSidebarIsOpen") === null) {
  localStorage.setItem("django.admin.navSidebarIsOpen", "false");
}
