from django import template

from incidents.timeleft import words_for_script

register = template.Library()
register.simple_tag(words_for_script, name="clock_words")
