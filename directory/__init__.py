"""An open directory of verified back, neck and spine practitioners and clinics."""
