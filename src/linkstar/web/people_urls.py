"""Addresses of members, invitations and the audit log."""

from django.urls import path

from linkstar.web import audit_pages, invitation_pages, members_pages, staff_pages

urlpatterns = [
    path("settings/members/", members_pages.members, name="members"),
    path("settings/members/<int:member_id>/role/", members_pages.change_role, name="member_role"),
    path("settings/members/<int:member_id>/remove/", members_pages.remove, name="member_remove"),
    path(
        "settings/invitations/<str:invitation_id>/revoke/",
        members_pages.revoke,
        name="invitation_revoke",
    ),
    path("settings/audit/", audit_pages.audit_log, name="audit_log"),
    path("settings/audit/audit-log.csv", audit_pages.audit_file, name="audit_file"),
    path("operator/staff/", staff_pages.staff, name="staff"),
    path("invitations/<str:token>/", invitation_pages.invitation, name="invitation"),
]
