"""How every form looks: one template for a form, one for a field."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Draws forms with our own templates, found through ``TEMPLATES``, so components work in them."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
